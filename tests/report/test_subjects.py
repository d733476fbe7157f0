"""A report of a study says what varies and what its tests say; one of a lecture follows its views."""

import re
import shutil
from dataclasses import replace
from statistics import median

import pytest

from explorer.charts.formatting import seconds
from explorer.errors import UserError
from explorer.lecture import Lecture, View
from explorer.report import lecture as of_lecture, subject
from explorer.report.build import build, contents
from explorer.report.content import Table
from explorer.report.html import command, link, to_html
from explorer.report.request import of_a_lecture, of_a_study, of_runs, size_key, study_sizes
from explorer.report.tables import ZERO
from explorer.report.verify import verify
from explorer.runs import find
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.folder import SAMPLES
from explorer.training import TrainConfig
from tests.records import edit_line, edit_record


@pytest.fixture(autouse=True)
def no_images(monkeypatch):
    """Networks are looked into by other tests."""
    monkeypatch.setattr(subject, "LOOKED_INTO", 0)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The samples as a study with two seeds of each variant, and a run of it at another size; the newest is that."""
    folder = tmp_path_factory.mktemp("study")
    for number, (sample, variant, seed, epochs) in enumerate(
        [
            ("sample-plain", "plain", 0, 8),
            ("sample-residual", "residual", 0, 8),
            ("sample-plain", "plain", 1, 8),
            ("sample-residual", "residual", 1, 8),
            ("sample-plain", "plain", 0, 20),
        ],
        1,
    ):
        name = f"digits-resnet32-{number:04d}"
        shutil.copytree(SAMPLES / sample, folder / name)
        weights = folder / name / "weights"
        shutil.copy(weights / "epoch-0008.safetensors", weights / "best.safetensors")

        def change(record, name=name, variant=variant, seed=seed, epochs=epochs):
            record.update(id=name, name="", study={"name": "cnn-vs-resnet", "variant": variant})
            record["config"]["training"].update(seed=seed, epochs=epochs)

        edit_record(folder / name, change)
    return folder


def table(report, key):
    return next(block for section in report.sections for block in section.blocks if getattr(block, "key", "") == key)


def test_a_study_says_what_varies_and_how_sure_it_is(study):
    chosen = [f"digits-resnet32-{number:04d}" for number in range(1, 5)]
    request = of_a_study("cnn-vs-resnet", str(study), date="2026-11-26", chosen=chosen)
    seeds = [f"{variant} · seed {seed}" for seed in (0, 1) for variant in ("plain", "residual")]
    assert list(request.names.values()) == seeds
    report = build(request, str(study))
    assert report.title == "What do skip connections change in a small network?"
    assert report.question == "The study “cnn-vs-resnet”"
    assert report.verdict.startswith("residual is more accurate than plain")
    varied = table(report, "varied")
    assert varied.columns[0] == "variant"
    assert "skip" in varied.columns
    assert [[cell.text for cell in row][:: len(varied.columns) - 1] for row in varied.rows] == [
        ["plain", "0, 1"],
        ["residual", "0, 1"],
    ]
    (pair,) = table(report, "tests").rows
    assert [cell.text for cell in pair][:2] == ["residual and plain", "+33.8"]
    assert [row[1].text for row in table(report, "variants").rows] == ["2", "2"]
    assert "plain · seed 1" in [row[0].text for row in table(report, "results").rows]
    assert "2 seeds: few" in to_html(report)
    assert command(request).startswith(f"python -m explorer report {' '.join(chosen)} --study cnn-vs-resnet --out")


def test_what_is_said_of_a_run_is_said_under_its_name(study):
    chosen = ["digits-resnet32-0001", "digits-resnet32-0002"]
    page = to_html(build(of_a_study("cnn-vs-resnet", str(study), chosen=chosen), str(study)))
    assert "<li>best epoch (plain): 8</li>" in page
    assert '<th scope="row">plain: digits-resnet32-0001</th>' in page
    assert "Data: digits, 1,157 images to train, 258 to choose the best epoch and 382 to test." in page


def test_a_setting_is_written_as_it_acts(study):
    page = to_html(build(of_runs(["digits-resnet32-0001", "digits-resnet32-0002"], str(study)), str(study)))
    facts = dict(re.findall(r'<th scope="row">([^<]*)</th>\n<td[^>]*>([^<]*)</td>', page))
    assert facts["optimizer"] == "adamw"
    assert facts["momentum"] == facts["crop padding"] == facts["source epoch"] == "not used"
    assert facts["head learning rate"] == "the learning rate"
    assert facts["clip norm"] == "no clipping"
    assert facts["tune"] == "from scratch"
    assert {key for key in ZERO if getattr(TrainConfig(), key)} == set(), "what 0 stands for is the default of each"


def test_the_time_of_an_epoch_is_that_of_the_finding_on_the_speed(study, tmp_path):
    """A median: the first epoch, in which a library is loaded, does not count for all."""
    folder, chosen = tmp_path / "runs", ["digits-resnet32-0001", "digits-resnet32-0002"]
    shutil.copytree(study, folder)
    edit_line(folder / chosen[0], "epochs.jsonl", seconds=1000.0)
    report = build(of_a_study("cnn-vs-resnet", str(folder), chosen=chosen), str(folder))
    took = [row["seconds"] for row in epoch_rows(find(chosen[0], str(folder)))]
    for key in ("variants", "results"):
        written = table(report, key)
        cell = written.rows[0][written.columns.index("time per epoch")]
        assert cell.text == seconds(median(took))
        assert cell.origin.file == "epochs.jsonl"


def test_hardware_names_the_processor_where_the_run_does(study, tmp_path):
    folder, chosen = tmp_path / "runs", ["digits-resnet32-0001", "digits-resnet32-0002"]
    shutil.copytree(study, folder)

    def hardware() -> tuple[dict[str, str], bool]:
        report = build(of_runs(chosen, str(folder)), str(folder))
        page = to_html(report)
        texts = [[cell.text for cell in row] for row in table(report, "machine").rows]
        return {row[0]: row[1] for row in texts}, "different devices" in page

    assert hardware()[0]["processor"] == "not recorded"
    for run_id in chosen:
        edit_record(folder / run_id, lambda record: record["device"].update(processor="AMD EPYC"))
    assert hardware()[0]["processor"] == "AMD EPYC"
    assert not hardware()[1]
    edit_record(folder / chosen[0], lambda record: record["device"].update(processor="Intel Xeon"))
    assert hardware()[1]


def test_a_run_that_was_renamed_is_still_verified(study, tmp_path):
    folder = tmp_path / "runs"
    shutil.copytree(study, folder)
    chosen = ["digits-resnet32-0001", "digits-resnet32-0002"]
    for request in (of_runs(chosen, str(folder)), of_a_study("cnn-vs-resnet", str(folder), chosen=chosen)):
        page = to_html(build(request, str(folder)))
        assert verify(page, str(folder)) == []
        edit_record(folder / chosen[0], lambda record: record.update(name="the old one"))
        assert verify(page, str(folder)) == []
        edit_record(folder / chosen[0], lambda record: record.update(name=""))


@pytest.mark.parametrize("of_study", [True, False])
def test_names_that_change_places_are_found(study, of_study):
    """Everywhere in the report, so that each of its lines follows from the names at its head."""
    chosen = ["digits-resnet32-0001", "digits-resnet32-0002"]
    request = of_a_study("cnn-vs-resnet", str(study), chosen=chosen) if of_study else of_runs(chosen, str(study))
    names = dict(zip(chosen, list(request.names.values())[::-1], strict=True))
    found = verify(to_html(build(replace(request, names=names), str(study))), str(study))
    assert [sentence for sentence in found if sentence.startswith("The report calls")] == [
        f"The report calls {run} “{names[run]}”; it is called “{request.names[run]}” here." for run in chosen
    ]


def test_a_study_is_of_one_size_the_one_trained_last(study):
    newest, other = study_sizes("cnn-vs-resnet", str(study))
    request = of_a_study("cnn-vs-resnet", str(study))
    assert request.runs == ("digits-resnet32-0005",)
    assert link(request) == f"/report?about=study&report-study=cnn-vs-resnet&report-size={size_key(newest[1])}"
    assert size_key(other[1]) != size_key(newest[1])
    with pytest.raises(UserError, match="sample-plain is not a run of the study cnn-vs-resnet"):
        of_a_study("cnn-vs-resnet", str(study), chosen=["sample-plain"])


def test_a_lecture_is_followed_view_by_view():
    runs = ("sample-residual", "sample-plain", "digits-mlp-0404")
    views = (
        View("perceptron", {"points": ("XOR",)}, "No line", "Draw one.\nAsk why <b>not</b>.", 4),
        View("curves", {"runs": runs}, "", "Compare.", 1),
        View("curves", {"runs": runs[:1]}, "Once more", ""),
        View("architecture", {"runs": runs}, "Costs", ""),
        View("no page of today", {"runs": runs}, "Gone", ""),
    )
    request = of_a_lecture(Lecture("Skips", views))
    assert request.runs == runs[:2]
    assert of_lecture.lecture_of(request.lecture) == Lecture("Skips", views)
    report = build(request)
    page = to_html(report)
    assert [section.title for section in report.sections][:5] == [
        "1. No line",
        "2. curves",
        "3. Once more",
        "4. Costs",
        "5. Gone",
    ]
    assert len(contents(request)) == len(report.sections)
    assert report.title == "Skips"
    assert "5 views, 5 minutes." in page
    assert "Ask why &lt;b&gt;not&lt;/b&gt;." in page
    assert page.count("Not here, and left out: digits-mlp-0404.") == 2
    assert page.count("<svg ") == 4
    keys = [block.key for section in report.sections for block in section.blocks if isinstance(block, Table)]
    assert len(keys) == len(set(keys))
    ids = re.findall(r' id="([^"]*)"', page)
    assert {"view-2-loss", "view-3-loss"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_lecture_without_runs_and_words_beside_it(tmp_path):
    request = of_a_lecture(Lecture("Alone", (View("perceptron", {}, "One", "Say."),)))
    report = build(replace(request, words={"introduction": "We **saw** it."}))
    assert [section.title for section in report.sections] == ["1. One"]
    assert "<strong>saw</strong>" in to_html(report)


def test_many_runs_are_refused(monkeypatch):
    monkeypatch.setattr("explorer.report.request.MOST_RUNS", 1)
    with pytest.raises(UserError, match="at most 1 runs"):
        of_runs(["sample-plain", "sample-residual"])
