"""A report is made on its page, says what its author wrote, and forgets what was taken back."""

from explorer.report import words
from explorer.report.request import of_runs
from explorer.ui import saving
from explorer.ui.report import making

from .conftest import open_page, words as text_of

PAGE = "pages/take_home/report.py"
MLP = "digits-mlp-0003"  # has no convolution: its report is made in a moment


def upload(app, page):
    app.file_uploader(key="report-file").set_value(("report.html", page.encode(), "text/html"))
    next(button for button in app.button if button.label == "Check every line").click().run()
    assert not app.exception, app.exception


def test_it_is_made_with_the_words_of_its_author(with_runs):
    app = open_page(PAGE, runs=MLP, **{"report-title": "On *one* run", "report-authors": "Ada"})
    assert "A report on 1 run, in" in app.header[0].value
    assert "Learning curves: loss and accuracy" in text_of(app)
    app.button(key="make-report").click().run()
    assert not app.exception, app.exception
    assert not app.error, [each.value for each in app.error]
    assert "figures" in app.header[0].value
    app.selectbox(key="report-where").set_value("loss").run()
    app.text_area[0].set_value("It **falls**. <script>x</script>").run()
    request = of_runs([MLP])
    assert words.read_words(request) == {"loss": "It **falls**. <script>x</script>"}
    shown = app.get("iframe")[0].proto.srcdoc
    assert "<strong>falls</strong>" in shown
    assert "<script>" not in shown
    assert "<h1>On *one* run</h1>" in shown
    app.button(key="undo-words").click().run()
    assert words.read_words(request) == {}
    assert app.text_area[0].value == ""
    assert making.is_made(request)
    upload(app, shown.replace("Ada", "Eve", 1) + "<p>More</p>\n")
    assert "differences" in app.warning[0].value
    assert any("the runs do not give “More”" in each for each in text_of(app).splitlines())
    upload(app, shown)
    assert "Every line agrees" in app.success[0].value
    app.text_input(key="report-date").set_value("yesterday").run()
    assert "is not a date" in app.error[0].value


def test_charts_and_tables_of_a_page_go_into_a_paper(with_runs):
    app = open_page("pages/compare/curves.py", runs=MLP)
    things = app.session_state[saving.STATE].things
    assert [thing.chart is not None for thing in things.values()] == [True, True, False]
    app.button(key="save-shown").click().run()
    assert not app.exception, app.exception
    assert "digits" not in app.code[0].value, "runs have their names"
    assert app.code[0].value.startswith("| series | split | Epoch | Loss (cross-entropy, nats per image) |\n")


def saved_tables(page, **query):
    app = open_page(f"pages/{page}.py", runs=MLP, **query)
    assert not app.exception, app.exception
    charts = [thing for thing in app.session_state[saving.STATE].things.values() if thing.chart is not None]
    return [frame for thing in charts for frame in thing.frames]


def test_the_numbers_of_a_paper_are_those_that_a_reader_wants(with_runs):
    confusion = saved_tables("explain/mistakes")[0]
    assert [*confusion.columns] == ["true ↓ predicted →", *"0123456789"]
    assert confusion.iloc[:, 1:].to_numpy().sum() == 258
    (points,) = saved_tables("look_inside/embedding")
    assert len(points.columns) > 2
    assert not any(str(cell).startswith("data:") for cell in points.iloc[0])
    assert saved_tables("look_inside/architecture", look_at="runs") == []
