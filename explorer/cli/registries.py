"""`datasets` and `models`: what there is to choose from."""


def datasets() -> None:
    """Data sets, and what each needs."""
    from explorer.data import DATASETS
    from explorer.data.shortcut import MARKS

    for name, source in DATASETS.items():
        print(f"{name:16s} {source.about} Needs {source.needs}.")
    print("folder:PATH      Your own images, one folder per class. Needs the folder.")
    print(f"shortcut:MARK:DATA  Any of these with a planted shortcut; MARK is one of {', '.join(MARKS)}.")
    print("                 shortcut:MARK@0.9:DATA: the mark tells the class in 90 % of the training images.")


def models() -> None:
    """Architectures, and the options that --set changes."""
    from explorer.models import MODELS, describe, options

    for name in MODELS:
        settings = ", ".join(f"{key}={option.default}" for key, option in options(name).items())
        print(f"{name:16s} {describe(name)} Options: {settings}.")
