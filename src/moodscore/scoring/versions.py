"""Which run's models are used."""

from collections.abc import Collection, Mapping

from moodscore.errors import MoodscoreError


def newest_versions(
    available: Mapping[str, Collection[str]],
    made_with: Mapping[str, Collection[str]],
    *,
    workspace: str,
    remedy: str,
) -> dict[str, str]:
    """The newest versions that belong together.

    The newest of each do where nothing is older than what it was made with: after a whole run, and after
    pipelines that were run one by one. Where a run was broken off, or a pipeline was run again and those
    below it were not, it is the newest version that all have: the last complete run.

    Parameters
    ----------
    available : Mapping of str to collection of str
        The versions of each dataset that is needed; version names sort by time.
    made_with : Mapping of str to collection of str
        Of a dataset, those among the others it was made with.
    workspace, remedy : str
        For the message: where there is none, and the command that makes them.

    Returns
    -------
    dict of str to str
        The version of each dataset.

    Raises
    ------
    MoodscoreError
        If a dataset has no version at all, or no versions belong together.

    Examples
    --------
    >>> made_with = {"model": ["scale"], "index": ["scale"]}
    >>> versions = {"scale": ["1", "2"], "model": ["1", "2"], "index": ["1", "3"]}
    >>> newest_versions(versions, made_with, workspace="demo", remedy="make run")
    {'scale': '2', 'model': '2', 'index': '3'}
    >>> newest_versions(versions | {"scale": ["1", "2", "4"]}, made_with, workspace="demo", remedy="make run")
    {'scale': '1', 'model': '1', 'index': '1'}
    """
    lacking = [name for name, versions in available.items() if not versions]
    if lacking:
        what = "nothing is trained yet" if len(lacking) == len(available) else f"there is no {lacking[0]} yet"
        raise MoodscoreError(f"workspace {workspace}: {what}; run `{remedy}` first")
    newest = {name: max(versions) for name, versions in available.items()}
    stale = [
        (name, part) for name, parts in made_with.items() for part in parts if newest[name] < newest[part]
    ]
    if not stale:
        return newest
    shared = set.intersection(*(set(versions) for versions in available.values()))
    if not shared:
        name, part = stale[0]
        raise MoodscoreError(
            f"workspace {workspace}: {name} is older than {part}, which it needs; run `{remedy}` again"
        )
    return dict.fromkeys(available, max(shared))
