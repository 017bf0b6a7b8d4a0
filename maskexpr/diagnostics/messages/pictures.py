"""Pictures that are drawn or written."""

from maskexpr.diagnostics.messages.wording import Mistake

VIEW_SEVERAL = Mistake("view", "several values cannot be one picture ({names})", "give one of them")
VIEW_MODE = Mistake("view", "there is no view {mode!r}", "it is one of {modes}")
VIEW_SHAPES = Mistake(
    "view", "{name} ({shape}) cannot be shown on {image} ({ground})", "give the image that it came from"
)
VIEW_PLANE = Mistake("view", "there is no plane {plane}", "the last one is {last}")
VIEW_FLAT = Mistake("view", "there are no planes to choose from: this is one", "leave out the plane")
CELL_FORM = Mistake("given-form", "%%mask does not take {text}", "write %%mask [NAME] [PARAM=VALUE ...] [-v MODE]")
CELL_SPACING = "give it in the notebook: im = maskexpr.Image(im, spacing=0.5), in mm"
CELL_INPUT = "give it a value in the notebook: {name} = ..."
VIEW_NO_MASK = Mistake(
    "view", "{path} is {found}, neither a mask nor labels", "name a file of 0 and 255, or of whole numbers from 0 on"
)
SHOW_NO_MASK = Mistake("view", "there is no mask to draw for {path}", "name an image and its mask: show IMAGE MASK")
OVERLAY_NO_MASK = Mistake("output-target", "there is no mask to draw for {path}", "leave out --overlay")
OVERLAY_NO_IMAGE = Mistake(
    "output-target", "{name} ({shape}) has no image of its shape to be drawn on", "leave out --overlay; -o writes it"
)
HISTOGRAM_NO_IMAGE = Mistake("output-target", "no image is given whose values could be counted", "leave out --hist")
VIEW_TABLE = Mistake("view", "a table is no picture", "show its regions: view(labels, by=(table, 'area')), say")
VIEW_BY_FORM = Mistake("view", "by is no table with the name of a column", "write by=(table, 'area'), say")
VIEW_BY_KIND = Mistake(
    "view", "regions are coloured by a column, and this is {kind:a}", "give the labels or the mask that was measured"
)
VIEW_BY_COLUMN = Mistake("view", "the table has no column {name}", "it has {names}")
VIEW_BY_OTHERS = Mistake(
    "view",
    "the table has a region {label}, which is not among those that are shown",
    "give the labels that the table was measured of",
)
SHOW_BY_NO_MASK = Mistake(
    "view", "there are no regions to colour by {by}", "name an image and its mask or labels: show IMAGE MASK --by {by}"
)
SHOW_BY_SEVERAL = Mistake(
    "view", "{by} has the columns {names}", "name one property of one number, or a column of a table: cells.csv:{first}"
)
REPORT_NEEDS_JINJA = Mistake(
    "package-missing", "cannot make {path}: pages need the jinja2 package", "pip install 'maskexpr[study]'"
)
REPORT_ENDING = Mistake("output-target", "{path} is no file for a report", "write .html at its end")
SHEET_ENDING = Mistake("output-target", "{path} is no file for a contact sheet", "write .png at its end")
