"""Where runs train, this machine or a Ray cluster: one setting for everybody who uses this checkpoints folder."""

import os

import streamlit as st

from explorer.errors import UserError, unknown
from explorer.jobs.cluster import ClusterSetting, keep_setting, require_ray, setting
from explorer.jobs.nodes import query
from explorer.runs.owners import acting
from explorer.text import plural
from explorer.ui.markdown import literal
from explorer.ui.serving import problems


def where_runs_train() -> None:
    """Show the setting in an expander; it applies to runs that start from now on."""
    chosen = setting()
    where = f"the Ray cluster at {chosen.address}" if chosen else "this machine"
    if not acting().is_host:
        st.caption(literal(f"Runs train on {where}, as set by the host."))
        return
    with st.expander(literal(f"Runs train on {where}"), icon=":material/dns:"):
        if message := st.session_state.pop("cluster-message", None):
            st.success(literal(message))
        st.caption(
            "Everybody shares one queue. This machine trains small runs side by side and a large one alone; on a Ray "
            "cluster each run is a task that requests one GPU, or CPUs where there is no GPU. docs/cluster.md explains "
            "how to set up a cluster."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            address = _pick_address(chosen.address if chosen else "")
            cpus = st.number_input("CPUs per run", 1, 1024, chosen.cpus if chosen else 2, width=130)
            connect = st.button("Use the cluster", icon=":material/dns:")
            back = chosen and st.button("Use this machine", icon=":material/computer:")
        if back:
            keep_setting(None)
            st.rerun()
        if connect:
            _connect(address.strip(), cpus)


def _listed() -> list[str]:
    """The only addresses that a visitor may choose, if the host lists them: EXPLORER_CLUSTERS, separated by spaces."""
    return os.environ.get("EXPLORER_CLUSTERS", "").split()


def _pick_address(now: str) -> str:
    if listed := _listed():
        return st.selectbox("Address of the cluster", listed, index=listed.index(now) if now in listed else 0)
    return st.text_input("Address of the cluster", now, placeholder="HOST:6379")


def _connect(address: str, cpus: int) -> None:
    try:
        if (listed := _listed()) and address not in listed:
            raise unknown("listed cluster", address, listed)
        require_ray()
        wanted = ClusterSetting(address, cpus)
        with st.spinner(literal(f"Connecting to {address} …")):
            nodes = query(address)
    except UserError as error:
        problems.show(error)
        return
    keep_setting(wanted)
    have = f"{sum(node['CPU'] for node in nodes):g} CPUs and {sum(node['GPU'] for node in nodes):g} GPUs"
    st.session_state["cluster-message"] = f"Connected: {plural(len(nodes), 'node')} with {have}."
    st.rerun()
