"""The covariance structures Σ_k = λ_k D_k A_k D_kᵀ, dispatched by their three letters.

The letters say whether volume λ, shape A and orientation D are equal (E), vary (V) or are the
identity (I); see Celeux & Govaert 1995. Nearly all there is to say of a structure follows from
them. The M-steps themselves are in `m_steps`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from gmmstudio.mixture import m_steps
from gmmstudio.mixture.arrays import FloatArray
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.orientation import common_orientation
from gmmstudio.mixture.pictures import Blob, picture

Inner = FloatArray | None
Update = Callable[[FloatArray, FloatArray, Inner], tuple[FloatArray, Inner]]
Needs = Literal["pooled", "spread", "axes", "full"]
Carries = Literal["", "volumes", "orientation"]


@dataclass(frozen=True)
class Structure:
    """One family of covariances.

    Attributes
    ----------
    name : str
        The three letters, or E or V for one column.
    words : str
        What it is called, as in "the tied shape".
    sentence : str
        What its clusters look like.
    update : callable (N (K,), W (K, d, d), inner) -> (covariances (K, d, d), inner)
        The M-step. An iterative one takes what the one before left as `inner` and returns it for
        the next; None where there was none, or where it has a closed form.
    inner_of : callable (covariances (K, d, d)) -> inner
        What `inner` was when a member of the family was made.
    carries : "", "volumes" or "orientation"
        What `inner` is: nothing, λ (K,) or the common D (d, d).
    """

    name: str
    words: str
    sentence: str
    update: Update
    inner_of: Callable[[FloatArray], Inner]
    carries: Carries

    @property
    def _letters(self) -> str:
        """Volume, shape and orientation; in one column, E is EEE and V is VVV."""
        return self.name * (4 - len(self.name)) if len(self.name) == 1 else self.name

    @property
    def diagonal(self) -> bool:
        """The covariances are diagonal, and the M-step reads only the diagonal of W."""
        return self._letters[2] == "I"

    @property
    def round(self) -> bool:
        """All directions are alike, so a column of one value only does no harm."""
        return self._letters[1] == "I"

    @property
    def dense(self) -> bool:
        """The covariance follows the data in all directions: collinear columns make it singular."""
        return self._letters[2] != "I"

    @property
    def own_covariance(self) -> bool:
        """Each component has a full covariance of its own, which needs d + 1 rows."""
        return self._letters[1:] == "VV"

    @property
    def own_shape_of_equal_volume(self) -> bool:
        """Each component has a shape of its own, brought to the volume of all: EVI, EVE, EVV."""
        return self._letters[:2] == "EV"

    @property
    def scale_free(self) -> bool:
        """Rescaling single columns maps the family onto itself."""
        return self._letters[1:] in ("EI", "VI", "EE", "VV")

    @property
    def has_prior(self) -> bool:
        """There is a conjugate prior for it."""
        return self.name in ("EII", "VII", "EEI", "VVI", "EEE", "VVV", "E", "V")

    @property
    def needs(self) -> Needs:
        """What the scatter of every single component must have for Σ_k to be regular.

        "pooled": nothing, the components make up for each other; "spread": it is not zero;
        "axes": none along the structure's axes is zero; "full": it has full rank.
        """
        volume, shape, orientation = tuple(self._letters)
        if shape == "V":
            return "full" if orientation == "V" else "axes"
        return "spread" if volume == "V" else "pooled"

    @property
    def formula(self) -> str:
        """Σ_k in symbols."""
        if len(self.name) == 1:
            return "σ²_k = σ²" if self.name == "E" else "σ²_k free"
        volume, shape, orientation = tuple(self.name)
        size = "λ_k" if volume == "V" else "λ"
        form = {"I": "I", "E": "A", "V": "A_k"}[shape]
        turn = {"I": ("", ""), "E": ("D ", " Dᵀ"), "V": ("D_k ", " D_kᵀ")}[orientation]
        return f"Σ_k = {size} {turn[0]}{form}{turn[1]}"

    @property
    def picture(self) -> tuple[Blob, ...]:
        """Two clusters as it allows them to be."""
        return picture(self.name)

    def n_covariance_parameters(self, n_components: int, n_columns: int) -> int:
        """Free parameters of the covariances: those of λ, of A (|A| = 1) and of D."""
        K, d = n_components, n_columns
        volume, shape, orientation = ({"I": 0, "E": 1, "V": K}[x] for x in self._letters)
        return volume + shape * (d - 1) + orientation * (d * (d - 1) // 2)

    def n_parameters(self, n_components: int, n_columns: int) -> int:
        """Free parameters in all: covariances, K d means and K − 1 weights."""
        K, d = n_components, n_columns
        return self.n_covariance_parameters(K, d) + K * d + K - 1

    def least_rows(self, n_columns: int) -> int:
        """Return the fewest rows that every single component needs."""
        return {"pooled": 1, "spread": 2, "axes": 2, "full": n_columns + 1}[self.needs]

    def least_rows_in_all(self, n_components: int, n_columns: int) -> int:
        """Return the fewest rows from which K components can be estimated.

        Every mean takes one row's worth away from the scatters, and what is left has to reach
        into all directions: into one where all are alike, into all d where they are followed. Where
        components share a shape but each is turned its own way, one of them must do it alone.
        """
        K, d = n_components, n_columns
        each = self.least_rows(d)
        if self._letters[1:] == "EV":
            return (K - 1) * each + d + 1
        return max(K * each, K + (d if self.dense else 1))


def _closed(
    name: str, words: str, sentence: str, form: Callable[[FloatArray, FloatArray], FloatArray]
) -> Structure:
    def update(N: FloatArray, W: FloatArray, inner: Inner) -> tuple[FloatArray, Inner]:
        return form(N, W), None

    return Structure(name, words, sentence, update, lambda covariances: None, "")


def _with_volumes(name: str, words: str, sentence: str, update: Update) -> Structure:
    return Structure(name, words, sentence, update, m_steps.volumes_of, "volumes")


def _with_orientation(name: str, words: str, sentence: str, update: Update) -> Structure:
    return Structure(name, words, sentence, update, common_orientation, "orientation")


STRUCTURES = {
    structure.name: structure
    for structure in (
        _closed("EII", "tied spherical", "round, all of the same size", m_steps.eii),
        _closed("VII", "spherical", "round, any size", m_steps.vii),
        _closed(
            "EEI",
            "tied diagonal",
            "stretched along the columns, all of the same shape and size",
            m_steps.eei,
        ),
        _with_volumes(
            "VEI",
            "scaled diagonal",
            "stretched along the columns, all of the same shape, any size",
            m_steps.vei,
        ),
        _closed(
            "EVI",
            "equal-volume diagonal",
            "stretched along the columns, each in its own way, all of the same volume",
            m_steps.evi,
        ),
        _closed("VVI", "diagonal", "stretched along the columns, any size", m_steps.vvi),
        _closed("EEE", "tied", "any tilt, all of the same shape and size", m_steps.eee),
        _with_volumes(
            "VEE",
            "scaled tied",
            "any tilt, all of the same shape and tilt, any size",
            m_steps.vee,
        ),
        _with_orientation(
            "EVE",
            "equal-volume aligned",
            "stretched along the same directions, each in its own way, all of the same volume",
            m_steps.eve,
        ),
        _with_orientation(
            "VVE",
            "aligned",
            "stretched along the same directions, each in its own way, any size",
            m_steps.vve,
        ),
        _closed(
            "EEV",
            "rotated",
            "all of the same shape and size, each with its own tilt",
            m_steps.eev,
        ),
        _with_volumes(
            "VEV",
            "scaled rotated",
            "all of the same shape, each with its own tilt, any size",
            m_steps.vev,
        ),
        _closed(
            "EVV",
            "equal-volume full",
            "any tilt and shape, all of the same volume",
            m_steps.evv,
        ),
        _closed("VVV", "full", "any tilt, any size", m_steps.vvv),
        _closed("E", "equal variance", "one column, all of the same spread", m_steps.eee),
        _closed("V", "varying variance", "one column, each of its own spread", m_steps.vvv),
    )
}
"""Every structure by its letters, the simple first."""

ALL = tuple(name for name in STRUCTURES if len(name) == 3)
"""The fourteen structures of Celeux & Govaert 1995."""

SHAPES = ("VII", "VVI", "EEE", "VVV")
"""The four structures at the front of the shop, from simple to rich."""


def canonical(name: str) -> str:
    """Return the letters of a structure given by letters or words, in any case.

    Raises
    ------
    MixtureError
        No such structure; the message names the nearest.
    """
    known = {s.name.lower(): s.name for s in STRUCTURES.values()}
    known |= {_plain(s.words): s.name for s in STRUCTURES.values()}
    wanted = _plain(name)
    if wanted in known:
        return known[wanted]
    nearest = get_close_matches(wanted, known, n=1, cutoff=0.3)
    hint = ""
    if nearest:
        found = STRUCTURES[known[nearest[0]]]
        hint = f" Did you mean “{found.words}” ({found.name})?"
    choices = ", ".join(f"{STRUCTURES[s].words} ({s})" for s in SHAPES)
    others = ", ".join(s for s in ALL if s not in SHAPES)
    raise MixtureError(
        f"There is no shape called “{name}”.{hint} Choose one of {choices}, {others}."
    )


def _plain(name: str) -> str:
    """Return a name as it is compared: case, and what stands between words, do not matter."""
    return " ".join(str(name).lower().replace("-", " ").replace("_", " ").split())


def resolve(name: str, n_columns: int) -> Structure:
    """Return the structure of that name for data with that many columns.

    Parameters
    ----------
    name : str
        Letters ("VVV", "vvv") or words ("full"). With one column only the volume is left, so the
        first letter decides: E or V.
    n_columns : int

    Raises
    ------
    MixtureError
        No such structure, or E or V with several columns.
    """
    letters = canonical(name)
    if n_columns == 1:
        letters = letters[0]
    elif len(letters) == 1:
        raise MixtureError(
            f"“{letters}” is a shape for one column, and there are {n_columns}: choose one of "
            f"{', '.join(SHAPES)}."
        )
    return STRUCTURES[letters]


def largest_components(structure: Structure, n_rows: int, n_columns: int) -> int:
    """Return the largest K that so many different rows can carry, at least 1."""
    K = bisect_right(
        range(1, n_rows + 1), n_rows, key=lambda K: structure.least_rows_in_all(K, n_columns)
    )
    return max(1, K)


def why_largest(structure: Structure, n_rows: int, n_columns: int) -> str:
    """Say in a sentence what the largest K is, and why it is no larger."""
    K, d = largest_components(structure, n_rows, n_columns), n_columns
    each, most = structure.least_rows(d), "1 cluster" if K == 1 else f"{K} clusters"
    there_are = f"there {'is' if n_rows == 1 else 'are'} {n_rows}"
    words = "" if d == 1 else structure.words + " "
    one = ("an " if words[:1] in tuple("aeiou") else "a ") + words + "cluster"
    if structure.own_covariance and d > 1:
        why = f"in {d} columns, {one} needs {each} different rows, and {there_are}"
        return f"At most {most}: {why}. A simpler shape or fewer columns allow more."
    if structure.least_rows_in_all(K + 1, d) <= (K + 1) * each:
        return f"At most {most}: {one} needs {each} different rows, and {there_are}."
    if structure.name in ("EEV", "VEV"):
        why = f"one {words}cluster needs {d + 1} different rows, every other {each}"
        return f"At most {most}: {why}, and {there_are}."
    more = d if structure.dense else 1
    rows = "one different row" if more == 1 else f"{more} different rows"
    shape = "equal variance" if d == 1 else f"the {words}shape"
    return f"At most {most}: {shape} needs {rows} more than clusters, and {there_are}."
