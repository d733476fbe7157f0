"""A study is timed, and judged by the limit."""

from benchmarks.studies import HEAD, Timed, line_of, main, measure


def test_a_study_is_timed_and_leaves_nothing(capfd):
    small = ("--model", "mlp", "--vary", "batch_size=128", "--epochs", "1", "--seeds", "1", "--device", "cpu")
    timed = measure("your-own", "digits", *small)
    assert not timed.failed, capfd.readouterr().err
    assert timed.runs == 1
    assert timed.cpu > 0
    assert timed.seconds > 0


def test_what_takes_too_long_or_fails_is_not_in_time(capfd):
    fine, failed = Timed(4, 100.0, 150.0, 0.3, False), Timed(0, 3.0, 2.0, 0.3, True)
    assert line_of("depth", fine) == ("depth", "4", "100", "150", "0.3", "in time")
    assert line_of("depth", fine, limit=60)[-1] == "above 60 s"
    assert line_of("depth", failed)[-1] == "failed"
    assert len(line_of("depth", fine)) == len(HEAD)


def test_a_study_that_fails_is_told(capfd):
    assert main(["depth", "--dataset", "no-such-data"]) == 1
    printed = capfd.readouterr()
    assert "failed" in printed.out
    assert "no-such-data" in printed.err
