"""The words of a table's own controls, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def grid_texts() -> dict[str, str]:
    """As AG Grid calls them."""
    return {
        "page": pgettext("table", "Page"),
        "to": pgettext("table, rows 1 to 20", "to"),
        "of": pgettext("table, page 1 of 3", "of"),
        "pageSizeSelectorLabel": _("Rows a page:"),
        "firstPage": _("First page"),
        "previousPage": _("Previous page"),
        "nextPage": _("Next page"),
        "lastPage": _("Last page"),
        "noRowsToShow": _("Nothing to show"),
        "filterOoo": _("Filter …"),
        "contains": _("contains"),
        "notContains": _("does not contain"),
        "equals": _("is"),
        "notEqual": _("is not"),
        "startsWith": _("begins with"),
        "endsWith": _("ends with"),
        "lessThan": _("less than"),
        "lessThanOrEqual": _("at most"),
        "greaterThan": _("more than"),
        "greaterThanOrEqual": _("at least"),
        "inRange": _("between"),
        "blank": _("empty"),
        "notBlank": _("not empty"),
        "andCondition": pgettext("table filter", "and"),
        "orCondition": pgettext("table filter", "or"),
    }
