"""The button that gives a finished run more epochs."""

from explorer.runs import find, list_runs

from .conftest import open_page, words


def test_a_finished_run_is_queued_with_more_epochs_and_what_that_means(with_runs):
    app = open_page("pages/train/train.py")
    newest = list_runs()[0]
    (button,) = [one for one in app.button if one.key == f"further-{newest.id}-2-go"]
    assert "a run of 4 epochs" in words(app)
    (epochs,) = [one for one in app.number_input if one.key == f"further-{newest.id}-2"]
    epochs.set_value(3).run()
    assert "a run of 3 epochs" in words(app)
    next(one for one in app.button if one.key == button.key).click().run()
    assert not app.exception
    run = find(newest.id)
    assert (run.status, run.config.training.epochs, run.config.training.extended) == ("queued", 3, ((2, 2),))
