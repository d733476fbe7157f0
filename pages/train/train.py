"""Train: choose data, architectures and options; see what it will cost; watch and stop."""

from explorer.insights.findings.training import all_learned
from explorer.runs import Run
from explorer.runs.store import listed
from explorer.text import plural
from explorer.ui import names, page, stage
from explorer.ui.train import form, live, submission
from explorer.ui.train.cluster import where_runs_train

page.title("How does a network learn?")
form.form()


def watched_now() -> list[Run]:
    """What this visitor has started, and all that is active."""
    return live.watched_of(listed(), submission.started(submission.TRAIN))


watched = watched_now()
names.show(watched[: live.WATCHED_AT_MOST])
active = len(listed().active)
if active:
    place = submission.place(submission.TRAIN)
    page.verdict(f"{plural(active, 'run')} in training or waiting, no answer yet.\n{place}")
elif watched:
    names.show(shown := watched[: live.WATCHED_AT_MOST])
    page.verdict(all_learned({names.of(run): run for run in shown}))
else:
    page.verdict("No answer yet: nothing has been trained.")
if watched:
    with stage.picture():
        live.panel(watched_now)
else:
    live.look_out(watched_now, watched)
where_runs_train()
