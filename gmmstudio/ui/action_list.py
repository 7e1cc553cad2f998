"""The list of all actions, menu by menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmmstudio.report import formats
from gmmstudio.ui.actions import Facts, Spec

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


def _has_table(facts: Facts) -> bool:
    return facts.has_table


def _can_fit(facts: Facts) -> bool:
    return facts.has_table and facts.has_columns and facts.state != "fitting"


def _can_pause(facts: Facts) -> bool:
    return facts.state in ("fitting", "paused") or facts.playing


def _can_step(facts: Facts) -> bool:
    return facts.has_table and facts.has_columns and facts.state != "sweeping"


def _can_restart(facts: Facts) -> bool:
    started = facts.state in ("fitting", "paused") or facts.has_record
    return _can_step(facts) and started


def _can_search(facts: Facts) -> bool:
    return facts.has_table and facts.has_columns and facts.state == "idle"


def _can_export(facts: Facts) -> bool:
    return facts.has_record and facts.state in ("idle", "sweeping") and not facts.writing


def _can_save(facts: Facts) -> bool:
    return facts.has_table and not facts.saving


def _keep_table(facts: Facts) -> str:
    size = facts.table_place.size
    return "Keep the &table inside the project" + (
        f" (at most {formats.size(size)})" if size else ""
    )


def _can_picture(facts: Facts) -> bool:
    return facts.has_table and not facts.picturing


def _can_film(facts: Facts) -> bool:
    return facts.has_record and facts.state in ("idle", "sweeping")


def _can_undo(facts: Facts) -> bool:
    return bool(facts.undo_label) or facts.state != "idle"


def _undo(facts: Facts) -> str:
    if facts.state in ("fitting", "paused"):
        return "&Undo Fit"
    if facts.state == "sweeping":
        return "&Undo Find the best K"
    return f"&Undo {facts.undo_label}" if facts.undo_label else "&Undo"


def _redo(facts: Facts) -> str:
    return f"&Redo {facts.redo_label}" if facts.redo_label else "&Redo"


def _pause(facts: Facts) -> str:
    return "Res&ume" if facts.state == "paused" else "&Pause"


def _exclude(facts: Facts) -> str:
    if facts.n_outliers == 0:
        return "&Exclude the outliers"
    return f"&Exclude the {facts.n_outliers} outlier" + ("" if facts.n_outliers == 1 else "s")


def _include(facts: Facts) -> str:
    if facts.n_excluded == 0:
        return "&Use all rows again"
    rows = "row" if facts.n_excluded == 1 else "rows"
    return f"&Use the {facts.n_excluded} excluded {rows} again"


def _selected(facts: Facts) -> bool:
    return facts.n_selected > 0


def _exclude_selected(facts: Facts) -> str:
    if facts.n_selected == 0:
        return "&Exclude the selected rows"
    rows = "row" if facts.n_selected == 1 else "rows"
    return f"&Exclude the {facts.n_selected} selected {rows}"


def specs(window: MainWindow) -> tuple[Spec, ...]:
    """Return every action of the window."""
    control, exporting = window.control, window.exporting
    handlers, shell = window.handlers, window.shell
    selecting, picturing = window.selecting, window.picturing
    projects = window.project_handlers
    return (
        Spec("new", "File", "&New", "Put the table away and begin afresh", handlers.new,
             ("Ctrl+N",), _has_table),
        Spec("open", "File", "&Open…", "Open a table or a project from a file", handlers.open,
             ("Ctrl+O",), icon="open"),
        Spec("paste", "File", "&Paste table", "Open the table on the clipboard, "
             "for instance copied from a spreadsheet", handlers.paste, ("Ctrl+V",)),
        Spec("import_settings", "File", "&Import settings…", "See how the open table was read from "
             "its file, and read it in another way", window.importing.reopen, ("Ctrl+Shift+I",),
             lambda facts: facts.can_reimport),
        Spec("save", "File", "&Save", "Save the analysis to its project file: the table, what was "
             "asked, all fits, names and colours", projects.save, ("Ctrl+S",), _can_save,
             icon="save", separated=True),
        Spec("save_as", "File", "Save &as…", "Save the analysis to another project file, and go on "
             "with that one", projects.save_as, ("Ctrl+Shift+S",), _can_save),
        Spec("save_copy", "File", "Save a cop&y…", "Save the analysis to another project file, and "
             "go on with this one", projects.save_copy, ("Ctrl+Alt+S",), _can_save),
        Spec("keep_table", "File", _keep_table, "A project with its table inside is one file to "
             "hand on; else it needs the file of the table, and says where that lies",
             projects.keep_table, (), lambda facts: facts.table_place.may_choose,
             lambda facts: facts.table_place.inside),
        Spec("export", "File", "&Export…", "Write the table with cluster, probabilities and "
             "outliers added to every row; or the clusters, or the parameters", exporting.ask,
             ("Ctrl+E",), _can_export, icon="export", separated=True),
        Spec("apply", "File", "&Label another table…", "Give the clusters of this fit to the rows "
             "of another table, and export that; nothing here changes",
             window.labelling_others.ask, (), _can_export),
        Spec("report", "File", "&Report…", "Write a report in words and figures, as a web page or "
             "as a PDF", window.papers.ask_report, ("Ctrl+Shift+R",), _can_export),
        Spec("script", "File", "S&cript…", "Write a script in Python or R that finds these "
             "clusters again and compares", window.papers.ask_script, (), _can_export),
        Spec("copy_picture", "File", "Copy picture of the &view", "Put a picture of the view in "
             "front, or of the lower plot that has the focus, on the clipboard", picturing.copy,
             ("Ctrl+Shift+C",), _can_picture, separated=True),
        Spec("save_picture", "File", "Save p&icture…", "Save a picture of the view in front, or of "
             "the lower plot that has the focus, as PNG, SVG or PDF", picturing.ask,
             ("Ctrl+Shift+P",), _can_picture),
        Spec("film", "File", "Save the &run as pictures…", "Make an animated GIF or a folder of "
             "pictures of every iteration", handlers.save_film, (), _can_film),
        Spec("close", "File", "&Close", "Close the window", window.close, ("Ctrl+W",),
             separated=True),
        Spec("quit", "File", "&Quit", "End the program", window.close, ("Ctrl+Q",)),
        Spec("undo", "Edit", _undo, "Undo the last change", handlers.undo, ("Ctrl+Z",), _can_undo,
             icon="undo"),
        Spec("redo", "Edit", _redo, "Do again what was undone", handlers.redo,
             ("Ctrl+Shift+Z", "Ctrl+Y"),
             lambda facts: bool(facts.redo_label) and facts.state == "idle", icon="redo"),
        Spec("select_all", "Select", "&All rows", "Select every row of the table", selecting.all,
             ("Ctrl+A",), _has_table),
        Spec("select_outliers", "Select", "The &outliers", "Select the rows marked as outliers",
             selecting.outliers, (), lambda facts: facts.n_outliers > 0),
        Spec("invert_selection", "Select", "&Invert", "Select the rows that are not selected",
             selecting.invert, ("Ctrl+I",), _has_table),
        Spec("clear_selection", "Select", "&Nothing", "Select no row", selecting.clear,
             ("Esc",), _selected, local=True),
        Spec("exclude_selected", "Select", _exclude_selected, "Leave the selected rows out of the "
             "next fit; they stay visible in grey", selecting.exclude, ("Del",), _selected,
             separated=True, local=True),
        Spec("include_selected", "Select", "&Use the selected rows again", "Use those of the "
             "selected rows again that were left out by hand", selecting.include, ("Shift+Del",),
             lambda facts: facts.n_selected > 0 and facts.n_excluded > 0, local=True),
        Spec("copy_selected", "Select", "&Copy as a table", "Copy the selected rows with their "
             "header and what the fit says of them", selecting.copy, (), _selected,
             separated=True),
        Spec("export_selected", "Select", "E&xport only these…", "Write the selected rows alone, "
             "with cluster, probabilities and outliers", selecting.export, ("Ctrl+Shift+E",),
             lambda facts: facts.n_selected > 0 and _can_export(facts)),
        Spec("default_columns", "Data", "Tick the &sensible columns", "Tick the columns that were "
             "ticked when the table was opened", handlers.default_columns, (), _has_table),
        Spec("check_data", "Data", "&Check the data…", "List what may mislead a fit in the columns "
             "ticked, with what can be done about it", handlers.check_data, (), _has_table),
        Spec("standardise", "Data", "S&tandardise", "Measure every column in its own standard "
             "deviation", handlers.standardise, (), _has_table,
             lambda facts: facts.standardised, separated=True),
        Spec("exclude_outliers", "Data", _exclude, "Leave the rows marked as outliers out of the "
             "next fit", handlers.exclude_outliers, (), lambda facts: facts.n_outliers > 0,
             separated=True),
        Spec("include_all", "Data", _include, "Use the rows again that were left out by hand",
             handlers.include_all, (), lambda facts: facts.n_excluded > 0),
        Spec("fit", "Model", "&Fit", "Find the clusters, live", control.fit,
             ("Ctrl+Return", "F5"), _can_fit, icon="play"),
        Spec("pause", "Model", _pause, "Pause or go on", handlers.pause, ("F6",), _can_pause,
             icon=lambda facts: "play" if facts.state == "paused" else "pause"),
        Spec("step", "Model", "&Step", "One iteration, then rest", control.step, ("F7",),
             _can_step, icon="step"),
        Spec("restart", "Model", "&Restart", "Begin the fit again from its start",
             control.restart, ("Ctrl+R", "Shift+F5"), _can_restart, icon="restart"),
        Spec("stop", "Model", "S&top", "End what is under way; what there is so far is kept",
             handlers.stop, ("Ctrl+.",), lambda facts: facts.busy),
        Spec("find_k", "Model", "Find the best &K…", "Fit several numbers of clusters and shapes, "
             "and compare them", handlers.find_k, ("Ctrl+K",), _can_search, separated=True),
        Spec("adjust", "Model", "&Adjust by hand", "Move, stretch, split, merge, delete or add "
             "clusters in the scatter; EM goes on from there", handlers.adjust, ("Ctrl+J",),
             _has_table, lambda facts: facts.adjusting, separated=True),
        Spec("keep_draft", "Model", "Kee&p the changes by hand", "Make a fit of the model changed "
             "by hand", handlers.keep_draft, (), lambda facts: facts.can_keep),
        Spec("discard_draft", "Model", "&Discard the changes by hand", "Go back to the fit before",
             handlers.discard_draft, (), lambda facts: facts.has_draft),
        Spec("theme_system", "View", "As the &system", "Light or dark as the system is",
             shell.theme_system, checked=lambda facts: facts.theme == "system"),
        Spec("theme_light", "View", "&Light", "Dark on light", shell.theme_light,
             checked=lambda facts: facts.theme == "light"),
        Spec("theme_dark", "View", "&Dark", "Light on dark", shell.theme_dark,
             checked=lambda facts: facts.theme == "dark"),
        Spec("larger", "View", "&Larger text", "Make all text larger", shell.larger,
             ("Ctrl++", "Ctrl+="), separated=True),
        Spec("smaller", "View", "S&maller text", "Make all text smaller", shell.smaller,
             ("Ctrl+-",)),
        Spec("normal", "View", "&Normal text", "Text in its normal size", shell.normal_text,
             ("Ctrl+0",)),
        Spec("replay", "View", "&Replay after a fit", "Show a fit that was over at once again, "
             "iteration by iteration", shell.toggle_replay,
             checked=lambda facts: facts.replay_after_fit, separated=True),
        Spec("reset_layout", "View", "Reset la&yout", "Panels and plots in their first sizes",
             shell.reset_layout, separated=True),
        Spec("glossary", "Help", "&Glossary", "Every term in a sentence or two", shell.glossary,
             ("F1",)),
        Spec("shortcuts", "Help", "&Keyboard shortcuts", "All keys", shell.shortcuts,
             ("Ctrl+/",)),
        Spec("about", "Help", "&About GMM Studio", "Versions and the log folder", shell.about,
             separated=True),
    )  # fmt: skip
