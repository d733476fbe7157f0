"""A choice is the same whether it was made by hand, by a link, by Back and Forward, or by a reload."""

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from explorer.ui import choices

    page = st.session_state.get("page", "first")
    with choices.of_page(page):
        choices.selectbox("Class", ["any", "cat", "dog"], key="class")
        if st.session_state.get("ends early"):
            choices.finish()
            st.stop()
        if page == "first":
            choices.number_input("Number", 1, 5, 1, key="number")
            if st.session_state.get("is cut short"):
                st.stop()
            choices.segmented("Image", ["sampled", "drawn"], key="image", was={"painted": "drawn"})


def opened(**link: str) -> AppTest:
    app = AppTest.from_function(script)
    for key, value in link.items():
        app.query_params[key] = value
    return app.run()


def link(app: AppTest) -> dict[str, list[str]]:
    return {key: value if isinstance(value, list) else [value] for key, value in app.query_params.items()}


def values(app: AppTest) -> tuple:
    return app.selectbox("class").value, app.number_input("number").value


def test_a_choice_made_by_hand_stands_in_the_link_and_a_default_does_not() -> None:
    app = opened()
    assert link(app) == {}
    app.selectbox("class").select("dog").run()
    assert link(app) == {"class": ["dog"]}
    app.selectbox("class").select("any").run()
    assert link(app) == {}


def test_a_link_chooses() -> None:
    app = opened(number="4")
    assert values(app) == ("any", 4)
    app.selectbox("class").select("cat").run()
    assert values(app) == ("cat", 4)
    assert link(app) == {"class": ["cat"], "number": ["4"]}


def test_back_takes_away_what_the_link_no_longer_says() -> None:
    app = opened(number="4")
    app.selectbox("class").select("cat").run()
    app.query_params.clear()
    app.query_params["number"] = "4"  # as the browser has it after Back
    assert values(app.run()) == ("any", 4)


def test_forward_is_followed_though_it_cuts_the_run_after_back_short() -> None:
    app = opened()
    app.number_input("number").set_value(4).run()
    app.query_params.clear()
    app.session_state["is cut short"] = True
    assert app.run().selectbox("class").value == "any"
    app.session_state["is cut short"] = False
    app.query_params["number"] = "4"
    assert values(app.run()) == ("any", 4)
    assert link(app) == {"number": ["4"]}
    app.number_input("number").set_value(1).run()
    assert link(app) == {}


def test_a_choice_is_kept_while_another_page_does_not_show_it() -> None:
    app = opened()
    app.selectbox("class").select("cat").run()
    app.number_input("number").set_value(3).run()
    app.session_state["page"] = "second"
    app.query_params.clear()  # the browser's navigation empties the link
    app.run()
    assert link(app) == {"class": ["cat"]}
    app.session_state["page"] = "first"
    app.query_params.clear()
    assert values(app.run()) == ("cat", 3)


def test_a_widget_that_comes_back_after_a_page_ended_early_is_given_its_value_again() -> None:
    """The session still holds the value then, but the browser has forgotten it and would show the widget empty."""
    app = opened()
    app.number_input("number").set_value(3).run()
    assert not app.run().number_input("number").proto.set_value  # it is on the screen: the browser knows best
    app.session_state["ends early"] = True
    app.run()
    app.session_state["ends early"] = False
    number = app.run().number_input("number")
    assert number.proto.set_value
    assert number.proto.value == 3
    assert link(app) == {"number": ["3"]}


def test_a_part_that_does_not_fit_is_named_with_what_is_shown_instead() -> None:
    app = opened(**{"class": "cow"}, number="1e400", image="painted")
    assert values(app) == ("any", 1)
    (notice,) = app.info
    assert "Class “cow”" in notice.value
    assert "any" in notice.value
    assert "Number “1e400”" in notice.value
    assert link(app) == {"image": ["drawn"]}
    assert not app.run().info


def hostile() -> None:
    import streamlit as st

    from explorer.ui import choices

    class Sent:
        """A widget's answer that its browser made up."""

        def __getattr__(self, name: str):
            return lambda *args, **named: st.session_state["sent"]

    from explorer.ui.choices import widgets

    widgets.st, kept = Sent(), widgets.st
    try:
        with choices.of_page("page"):
            chosen = [
                choices.selectbox("Model", ["mlp", "vgg11"], "model"),
                choices.segmented("Image", ["sampled", "drawn"], "image"),
                choices.select_slider("Epoch", [1, 2], "epoch"),
                choices.multiselect("Runs", ["a", "b"], "runs", ["a"]),
                choices.pills("Show", ["a", "b"], "shown", ["a"]),
                choices.number_input("Seeds", 1, 5, 1, "seeds"),
                choices.slider("Strength", 0.5, 1.0, 1.0, "strength"),
                choices.toggle("Present", "present"),
                choices.checkbox("Skip", "skip"),
                choices.text_input("Folder", "folder", "here", most=5),
            ]
    finally:
        widgets.st = kept
    st.session_state["chosen"] = chosen


@pytest.mark.parametrize(
    "sent", ["../../etc/passwd", "A" * 1_000_000, ["b"] * 100_000, ["nope"], 10**400, -1, float("nan"), None, {"a": 1}]
)
def test_what_a_browser_makes_up_is_never_chosen(sent: object) -> None:
    app = AppTest.from_function(hostile)
    app.session_state["sent"] = sent
    assert not app.run().exception
    model, image, epoch, runs, shown, seeds, strength, present, skip, folder = app.session_state["chosen"]
    assert (model, image, epoch) == ("mlp", "sampled", 1)
    assert runs == shown
    assert runs in (["a"], ["b"])
    assert seeds in range(1, 6)
    assert 0.5 <= strength <= 1.0
    assert (present, skip) == (False, False)
    assert isinstance(folder, str)
    assert len(folder) <= 5


def following() -> None:
    import streamlit as st

    from explorer.ui import choices

    with choices.of_page("page"):
        pet = choices.selectbox("Pet", ["cat", "fish"], key="pet")

        def first() -> str:
            st.session_state["asked"] = st.session_state.get("asked", 0) + 1
            return {"cat": "basket", "fish": "bowl"}[pet]

        choices.selectbox("Home", ["basket", "bowl", "house"], "home", choices.Follows(first))


def test_a_default_follows_other_choices_until_the_visitor_chooses() -> None:
    app = AppTest.from_function(following).run()
    home = app.selectbox("home")
    assert home.value == "basket"
    app.selectbox("pet").select("fish").run()
    assert app.selectbox("home").value == "bowl"
    assert link(app) == {"pet": ["fish"]}
    for chosen in ("house", "bowl"):  # also the value that is the default at the moment
        app.selectbox("home").select(chosen).run()
        assert link(app)["home"] == [chosen]
    app.selectbox("pet").select("cat").run()
    assert app.selectbox("home").value == "bowl", "what was chosen stays"
    app.query_params.clear()
    assert app.run().selectbox("home").value == "basket", "a link without it asks for the default again"


def test_a_default_is_not_computed_for_a_visitor_whose_link_has_chosen() -> None:
    app = AppTest.from_function(following)
    app.query_params["home"] = "basket"
    assert app.run().selectbox("home").value == "basket"
    assert app.run().selectbox("home").value == "basket"
    assert "asked" not in app.session_state
    app.selectbox("pet").select("fish").run()
    assert app.selectbox("home").value == "basket"
    app.query_params["home"] = "palace"
    assert app.run().selectbox("home").value == "bowl"
    assert "Shown instead: bowl" in app.info[0].value
