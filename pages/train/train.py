"""Train: choose data, architectures and options; see what it will cost; watch and stop."""

from explorer.runs import ACTIVE, list_runs
from explorer.text import plural
from explorer.ui import page
from explorer.ui.train import form, live, submission
from explorer.ui.train.cluster import where_runs_train

page.title("How does it learn?")
if not page.presenting():
    form.form()
watched = live.watched(list_runs(), submission.started(submission.TRAIN))
active = [run for run in watched if run.status in ACTIVE]
if active:
    page.verdict(f"{plural(len(active), 'run')} in training or waiting.")
elif watched:
    page.verdict(live.learned(watched[0]))
else:
    page.verdict("Nothing is training yet.")
if watched:
    live.panel([run.id for run in watched])
if not page.presenting():
    where_runs_train()
