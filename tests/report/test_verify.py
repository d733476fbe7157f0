"""A report is checked line by line: unchanged it passes, and one change is found at its place."""

import base64
import io
import re
import shutil
import warnings
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer import __version__
from explorer.charts.formatting import number, percent
from explorer.charts.images import data_url
from explorer.cli import main
from explorer.errors import UserError
from explorer.report import html
from explorer.report.html import request_of
from explorer.report.images import correlation_text
from explorer.report.verify import differences, other_version
from explorer.runs.folder import SAMPLES
from explorer.ui.report import checking


def cell(page, row, column_text):
    """The line of the first cell with this text, behind the row of this name."""
    at = page.index(f'<th scope="row">{row}</th>')
    found = re.compile(rf"<td[^>]*>{re.escape(column_text)}</td>").search(page, at)
    return found.start(), found.end()


def replaced(page, old, new, count=1):
    assert old in page
    return page.replace(old, new, count)


def other_digit(pattern):
    """Changes the last digit of the first match of a pattern."""

    def change(page):
        found = re.search(pattern, page, re.DOTALL)
        at = max(i for i in range(found.start(), found.end()) if page[i].isdigit())
        return page[:at] + str((int(page[at]) + 1) % 10) + page[at + 1 :]

    return change


def swapped_pictures(page):
    first, second = list(dict.fromkeys(re.findall(r'src="(data:[^"]*)"', page)))[:2]
    return page.replace(first, "\0", 1).replace(second, first, 1).replace("\0", second, 1)


def swapped_charts(page):
    first, second = re.findall(r"<svg [^\n]*", page)[:2]
    return page.replace(first, "\0").replace(second, first).replace("\0", second)


def painted(page):
    """One pixel of a picture is another."""
    source = re.search(r'src="data:image/png;base64,([^"]*)"', page)[1]
    pixels = np.array(Image.open(io.BytesIO(base64.b64decode(source))))
    pixels[0, 0] = 255 - pixels[0, 0]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return page.replace(source, base64.b64encode(file.getvalue()).decode(), 1)


def both_digits(page):
    """The number that is shown, and the longer one that the file keeps beside it."""
    found = re.search(r' data-value="0\.(\d)(\d*)">0\.\d(\d*)</td>', page)
    digit = (int(found[1]) + 1) % 10
    changed = f' data-value="0.{digit}{found[2]}">0.{digit}{found[3]}</td>'
    return page[: found.start()] + changed + page[found.end() :]


def without(pattern):
    def change(page):
        assert re.search(pattern, page)
        return re.sub(pattern, "", page, count=1)

    return change


CHANGES = {
    "the title": (lambda page: replaced(page, "<h1>Skips", "<h1>Slips"), "the head"),
    "an author": (lambda page: replaced(page, '"by">Ada', '"by">Eve'), "the names"),
    "the date": (other_digit(r'"by">[^\n]*'), "the names"),
    "the verdict": (other_digit(r'"verdict">[^%]*'), "the verdict"),
    "the question": (lambda page: replaced(page, "What sets", "What unites"), "the question"),
    "a test accuracy": (lambda page: replaced(page, ">93.5 %</td>", ">98.5 %</td>"), "Table 1, ResNet-32, test"),
    "an interval": (lambda page: replaced(page, ">90.5 % to", ">91.5 % to"), "95 % interval"),
    "the parameters": (lambda page: replaced(page, ">29.6 k<", ">19.6 k<"), "Table 1"),
    "a setting": (other_digit(r"learning rate</th>\n<td[^>]*>[^<]*"), "learning rate"),
    "the fingerprint": (other_digit(r"SHA-256 of images[^\n]*\n<td[^>]*>[^<]*"), "fingerprint"),
    "a norm": (other_digit(r"conv1.weight</th>\n<td[^>]*>[^<]*"), "conv1.weight"),
    "a finding": (other_digit(r"<b>Finding 3.</b>[^\n]*epoch 8, [\d.]*"), "Finding 3"),
    "a number of a finding": (other_digit(r"<li>accuracy of[^\n]*"), "Finding 1, accuracy of"),
    "a threshold": (other_digit(r"<p>Threshold: [\d.]*"), "its threshold"),
    "a caption": (other_digit(r"<b>Figure 1.</b>[^\n]*"), "Figure 1, its caption"),
    "a word beside a figure": (lambda page: replaced(page, "<strong>fall<", "<strong>rise<"), "the words beside"),
    "two pictures": (swapped_pictures, "the picture is not the one"),
    "a pixel": (painted, "the picture is not the one"),
    "what is read of a picture": (
        lambda page: replaced(page, 'alt="image 1: 0. ', 'alt="image 1: 8. '),
        "the words of the picture differ",
    ),
    "what is read of a chart": (
        lambda page: replaced(page, 'aria-label="Lowest validation loss of', 'aria-label="Best validation loss of'),
        "Figure 1: the words of the chart differ",
    ),
    "two charts": (swapped_charts, "Figure 1: the chart is not the one"),
    "a place in a chart": (other_digit(r'<path [^\n]*?d="M0,[\d.]*L\d'), "the chart is not the one"),
    "a tick of a chart": (lambda page: replaced(page, ">0.5</text>", ">0.6</text>"), "Figure 1: the chart"),
    "a hash": (other_digit(r'data-file="epochs.jsonl" data-hash="[0-9a-f ]*'), "has the hash"),
    "an origin": (lambda page: replaced(page, 'data-file="epochs.jsonl"', 'data-file="run.json"'), "as the origin"),
    "no origin": (without(r' data-run="[^"]*" data-file="[^"]*" data-hash="[^"]*"'), "does not say where"),
    "a number of a check": (other_digit(r' data-value="[^"]*">[^<]*'), "Table 2, image 1, probability"),
    "a number of a check and what is kept of it": (both_digits, "Table 2, image"),
    "how a run was trained": (other_digit(r"&quot;learning_rate&quot;: [\d.]*"), "the head"),
    "the link": (
        lambda page: replaced(page, "/report?runs=sample-plain", "/report?runs=sample-other"),
        "Make it again",
    ),
    "the command line": (lambda page: replaced(page, "--title Skips --authors", "--title Slips --authors"), "Make it"),
    "a class": (lambda page: replaced(page, '<td class="whole"', '<td class="short"'), "only the markup differs (“"),
    "the end of a long line": (
        lambda page: replaced(page, "hardly shows what was learned", "hardly shows what was taught"),
        "instead of",
    ),
    "a row too few": (without(r'<tr><th scope="row">momentum</th>\n<td[^\n]*\n</tr>\n'), "is missing"),
    "a script": (lambda page: replaced(page, "</main>", "<script>1</script>\n</main>"), "the runs do not give"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_at_its_place(page, again, change):
    make, place = CHANGES[change]
    changed = make(page)
    assert changed != page
    found = differences(changed, again)
    assert found
    assert any(place in sentence for sentence in found), found
    assert len(found) <= 3, "and nowhere else"


def test_of_another_origin_no_hash_is_compared(page, again):
    (sentence,) = differences(CHANGES["an origin"][0](page), again)
    assert "as the origin of what comes from epochs.jsonl" in sentence


def test_a_report_of_another_version_says_so(page):
    assert other_version(page) is None
    older = page.replace(f"&quot;version&quot;: &quot;{__version__}&quot;", "&quot;version&quot;: &quot;0.0.1&quot;")
    assert "Version 0.0.1 made this report" in other_version(older)


def test_what_is_unchanged_has_no_difference(page, again):
    assert differences(page, again) == []


@pytest.mark.parametrize("seed", range(20))
def test_what_another_machine_rounds_is_no_difference(page, again, seed):
    """Places in charts, levels of pixels, and the last digits of what networks compute, everywhere at once."""
    random = np.random.default_rng(seed)

    def place(found):
        return f"{found[1]}{float(found[2]) + random.uniform(-0.009, 0.009):.6f}"

    def value(found):
        moved = f"{float(found[1]) + random.uniform(-9e-5, 9e-5):.9g}"
        write = percent if found[2].endswith("%") else correlation_text if "similar" in found[2] else number
        return f' data-value="{moved}">{write(float(moved))}</td>'

    def picture(found):
        pixels = np.array(Image.open(io.BytesIO(base64.b64decode(found[1])))).astype(int)
        noisy = (pixels + random.integers(-1, 2, pixels.shape)).clip(0, 255).astype(np.uint8)
        return f'src="{data_url(noisy)}"'

    rounded = re.sub(r'(<path [^>]*?d="M[\d.]+,)(\d+\.\d{2,})', place, page)
    rounded = re.sub(r' data-value="([^"]*)">([^<]*)</td>', value, rounded)
    if seed == 0:  # pictures take their time
        rounded = re.sub(r'src="data:image/png;base64,([^"]*)"', picture, rounded)
    assert rounded != page
    assert differences(rounded, again) == []


@pytest.mark.parametrize(
    "title", ["", "<b>&amp;", "a\u2028b", "Tiefe $x$ “so”", "{'json': \"yes\"}", "日本語", "--study x"]
)
def test_an_unchanged_report_passes_whatever_is_typed(made, title):
    words = {"loss": title, "conclusion": f"# {title}\n- x"}
    request = replace(made.request, title=title, authors=title, words=words)
    typed = replace(made, request=request, title=title or "Report")
    file = html.to_html(typed)
    assert html.request_of(file) == request
    assert html.recipes_of(file) == made.recipes
    assert differences(file, html.lines(typed)) == []


@pytest.mark.parametrize("text", ["", "<html></html>", '<meta name="architecture-explorer-report" content="[1]">'])
def test_a_file_that_is_no_report_is_a_sentence(text):
    with pytest.raises(UserError, match="report"):
        request_of(text)


def test_what_has_far_too_many_lines_or_runs_is_refused(page, again):
    with pytest.raises(UserError, match="lines"):
        differences("<p>\n" * 6 * len(again), again)
    twice = page.replace("[&quot;sample-plain&quot;, ", "[&quot;sample-plain&quot;, &quot;sample-plain&quot;, ", 1)
    with pytest.raises(UserError, match="damaged"):
        request_of(twice)


@pytest.mark.parametrize("junk", ["<", "-1e", ' data-value="', ' data-run="" data-file="', ' aria-label="'])
def test_a_line_made_up_to_take_for_ever_takes_a_moment(page, again, junk):
    """Python's patterns keep everybody else waiting: half a million "<" would take minutes."""
    lines = page.split("\n")
    for kind in ("<td", "<svg", "data:image/png"):
        number = next(number for number, line in enumerate(lines) if kind in line)
        made_up = [*lines[:number], lines[number] + junk * 500_000, *lines[number + 1 :]]
        assert differences("\n".join(made_up), again)


def test_a_file_larger_than_the_page_takes_is_refused_unread():
    """A script can upload what a browser would not."""
    with pytest.raises(UserError, match="more than 20 MB"):
        checking._check(b"\n" * (checking.LARGEST_MB * 2**20 + 1))


def test_a_run_edited_by_hand_is_found(tmp_path, capsys):
    """The sample's copy under its own id, with one loss that is lower than it was."""
    from explorer.report import build, request

    copy = tmp_path / "digits-resnet32-0001"
    shutil.copytree(SAMPLES / "sample-plain", copy)
    text = (copy / "run.json").read_text().replace('"id": "sample-plain"', f'"id": "{copy.name}"')
    (copy / "run.json").write_text(text)
    shutil.copy(copy / "weights" / "epoch-0008.safetensors", copy / "weights" / "best.safetensors")
    file = tmp_path / "report.html"
    file.write_text(html.to_html(build.build(request.of_runs([copy.name], str(tmp_path)), str(tmp_path))))
    assert main(["verify", str(file), "--checkpoints", str(tmp_path)]) == 0
    epochs = (copy / "epochs.jsonl").read_text()
    loss = re.search(r'"validation_loss": ?([\d.]+)', epochs)[1]
    (copy / "epochs.jsonl").write_text(epochs.replace(loss, str(float(loss) - 1), 1))
    capsys.readouterr()
    assert main(["verify", str(file), "--checkpoints", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert f"{copy.name}: epochs.jsonl has the hash" in said
    assert "the chart is not the one" in said


def test_a_file_made_up_to_take_hours_is_refused(monkeypatch):
    monkeypatch.setattr("explorer.report.verify.MOST_WORK", 300_000)
    again = [html.Line("a table", text) for nth in range(300) for text in ("</tr>", f"<tr>{nth}")]
    honest = [line.text for line in again]
    assert differences("\n".join(honest), again) == []
    honest[201:400:20] = [f"<tr>other {nth}" for nth in range(10)]
    assert len(differences("\n".join(honest), again)) == 10
    with pytest.raises(UserError, match="too many places"):
        differences("\n".join(["</tr>"] * 3000), again)


@pytest.mark.parametrize("side", [12_000, 20_000])
def test_a_picture_of_another_size_is_not_unpacked(side, page, again, monkeypatch):
    bomb = io.BytesIO()
    Image.new("1", (side, side)).save(bomb, "PNG")
    source = re.search(r'src="data:image/png;base64,([^"]*)"', page)[1]
    changed = page.replace(source, base64.b64encode(bomb.getvalue()).decode(), 1)
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("unpacked"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        assert any("picture is not the one" in sentence for sentence in differences(changed, again))
