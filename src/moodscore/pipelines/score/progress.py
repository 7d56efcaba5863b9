"""The progress of one video: a bar, and what is being done."""

from kedro.framework.hooks import hook_impl
from kedro.framework.hooks.markers import HOOK_NAMESPACE
from kedro.framework.hooks.specs import DatasetSpecs, NodeSpecs
from kedro.pipeline.node import Node
from pluggy import PluginManager
from rich import get_console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

#: What each step is called while it runs, and about which share of the time it takes.
STEPS = {
    "look_at_video": ("looking at the pictures", 40),
    "describe_video": ("describing them", 1),
    "read_video": ("reading the emotion", 1),
    "predict_score": ("asking the networks", 3),
    "choose_score": ("choosing the music", 5),
    "play_score": ("playing and levelling it", 30),
    "put_to_picture": ("putting it to the picture", 15),
}


class Bar:
    """A bar on standard error, where that is a terminal; a Kedro hook that follows the pipeline's steps.

    Parameters
    ----------
    name : str
        What is scored.
    """

    def __init__(self, name: str):
        self._progress = Progress(
            TextColumn("{task.fields[name]}", markup=False),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=get_console(),
            transient=True,
            disable=not get_console().is_terminal,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        total = sum(share for _, share in STEPS.values())
        self._task = self._progress.add_task("", total=total, name=name)
        self._share = self._done = 0
        self.hooks = PluginManager(HOOK_NAMESPACE)
        for specs in (NodeSpecs, DatasetSpecs):
            self.hooks.add_hookspecs(specs)
        self.hooks.register(self)

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """A step of the pipeline begins, so the one before is done."""
        self._done += self._share
        words, self._share = STEPS.get(node.name, (node.name, 0))
        self._progress.update(self._task, completed=self._done, description=words)

    def within(self, share: float) -> None:
        """Say which share of the step is done."""
        self._progress.update(self._task, completed=self._done + share * self._share)
