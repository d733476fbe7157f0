"""Where runs train, this machine or a Ray cluster: one setting for everybody who uses this checkpoints folder."""

import streamlit as st

from explorer.errors import UserError
from explorer.jobs.cluster import ClusterSetting, keep_setting, require_ray, setting
from explorer.jobs.nodes import query
from explorer.text import plural
from explorer.ui import problems
from explorer.ui.markdown import literal


def where_runs_train() -> None:
    """The setting, behind an expander; it holds for runs that begin from now on."""
    chosen = setting()
    where = f"the Ray cluster at {chosen.address}" if chosen else "this machine"
    with st.expander(literal(f"Runs train on {where}"), icon=":material/dns:"):
        if message := st.session_state.pop("cluster-message", None):
            st.success(literal(message))
        st.caption(
            "Everybody shares one queue. This machine trains one run at a time; on a Ray cluster each run is a task "
            "that requests one GPU, or CPUs where there is no GPU. docs/cluster.md explains how to set up a cluster."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            address = st.text_input("Address of the cluster", chosen.address if chosen else "", placeholder="HOST:6379")
            cpus = st.number_input("CPUs per run", 1, 1024, chosen.cpus if chosen else 2, width=130)
            connect = st.button("Use the cluster", icon=":material/dns:")
            back = chosen and st.button("Use this machine", icon=":material/computer:")
        if back:
            keep_setting(None)
            st.rerun()
        if connect:
            _connect(address.strip(), cpus)


def _connect(address: str, cpus: int) -> None:
    try:
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
