"""A report is checked from nothing but itself: its runs are trained again, and give every line of it."""

import re
from dataclasses import replace

import pytest

from explorer.cli import main
from explorer.errors import UserError
from explorer.jobs.train_run import train_run
from explorer.report import html
from explorer.report.build import build
from explorer.report.recipe import begun
from explorer.report.request import of_runs
from explorer.report.retrain import trained_elsewhere, verify_by_training
from explorer.runs import RunConfig, create
from explorer.training import TrainConfig


def trained(training, folder):
    return train_run(create(RunConfig("digits", "mlp", {}, training), folder, "running"))


@pytest.mark.slow
def test_the_runs_are_trained_again_and_give_every_line(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "runs"
    training = TrainConfig(epochs=2, batch_size=128, fraction=0.2, device="cpu")
    source = trained(training, folder)
    tuned = trained(replace(training, seed=1, tune="all", source=source.id), folder)
    report = build(of_runs([tuned.id], str(folder)), str(folder))
    file = tmp_path / "report.html"
    file.write_text(html.to_html(report))
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(tmp_path / "nothing here"))
    assert main(["verify", str(file), "--train"]) == 0
    assert f"Training {tuned.id}, 2 of 2" in capsys.readouterr().err
    page = file.read_text()
    assert trained_elsewhere(page) is None
    other = page.replace("&quot;torch&quot;: &quot;", "&quot;torch&quot;: &quot;9")
    assert "rounded differently" in trained_elsewhere(other)
    monkeypatch.setattr("explorer.report.retrain.processor", lambda: "another one")
    assert "another one" in trained_elsewhere(page)
    accuracy = re.search(r"<td[^>]*>(\d\d)\.\d %</td>", page)
    changed = page[: accuracy.start(1)] + f"{(int(accuracy[1]) + 1) % 100:02d}" + page[accuracy.end(1) :]
    (sentence,) = verify_by_training(changed)
    assert "best validation accuracy" in sentence


def test_what_cannot_be_trained_again_is_a_sentence(page, made, tmp_path):
    with pytest.raises(UserError, match="comes with the app"):
        verify_by_training(page)
    recipe = {**made.recipes["sample-plain"], "id": "digits-resnet32-0001"}
    for change in ({"id": "../../etc-0001"}, {"id": 3}, {"status": "stopped"}, {"config": {"model": "x"}}):
        with pytest.raises(UserError):
            begun(recipe | change, tmp_path)
    for recipes in ("[]", "{&quot;a&quot;: 1}", "{"):
        start = page.index(html.RECIPES)
        end = page.index(">", start)
        with pytest.raises(UserError, match="does not say how"):
            html.recipes_of(page[:start] + f'{html.RECIPES}" content="{recipes}"' + page[end:])
