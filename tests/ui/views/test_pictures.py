"""Pictures to take away: the same as the screen, sharper, on white, as image, SVG and PDF."""

from __future__ import annotations

import base64
import re
import zlib
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from views_rig import Rig, table_of

from gmmstudio.document.commands import RenameCluster
from gmmstudio.ui import theme
from gmmstudio.ui.pictures import cell_points, forms, paper, points_part, portrait, walk
from gmmstudio.ui.pictures.legend import Legend, entries_of
from gmmstudio.ui.pictures.picture import Picture
from gmmstudio.ui.pictures.portrait import Wish, take
from gmmstudio.ui.views.choose_k.view import ChooseKView
from gmmstudio.ui.views.convergence.view import ConvergenceView
from gmmstudio.ui.views.matrix.view import MatrixView
from gmmstudio.ui.views.points.point_cloud import PointCloud
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.uncertainty.view import UncertaintyView

SVG = "{http://www.w3.org/2000/svg}"
HANGUL = "아델리 펭귄"


@pytest.fixture
def scatter(rig: Rig, show, qtbot) -> ScatterView:
    view = show(ScatterView(rig.session, rig.stage))
    qtbot.waitUntil(lambda: view.cloud.winners is not None, timeout=10_000)
    rig.fit(n_components=3)
    view.grab()
    QApplication.processEvents()
    return view


@pytest.fixture
def many(rig: Rig, show, qtbot):
    """A scatter of so many rows in three clusters, two columns."""

    def make(n: int) -> ScatterView:
        random = np.random.default_rng(3)
        x = random.normal(0, 4, (3, 2))[random.integers(0, 3, n)] + random.normal(0, 1, (n, 2))
        rig.open(table_of("a,b\n" + "\n".join(f"{a:.4f},{b:.4f}" for a, b in x)))
        view = show(ScatterView(rig.session, rig.stage))
        rig.fit(n_components=3, tries=1)
        qtbot.waitUntil(lambda: view.cloud.winners is not None, timeout=20_000)
        return view

    return make


def picture_of(view, wish: Wish = Wish("white"), scale: float = 1.0) -> Picture:  # noqa: B008
    return take(view, wish, "penguins: Scatter", scale=scale)


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    words = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return words[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., :3]


def image_of(data: bytes) -> QImage:
    image = QImage()
    assert image.loadFromData(QByteArray(data))
    return image


def rendered(svg: bytes, size: QSize) -> QImage:
    renderer = QSvgRenderer(QByteArray(svg))
    assert renderer.isValid()
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def streams(pdf: bytes) -> list[bytes]:
    """Return the contents of a PDF's streams, unpacked."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(match[1]))
        except zlib.error:
            found.append(match[1])
    return found


def differ(one: QImage, other: QImage) -> float:
    """Return the share of pixels that are quite another colour."""
    assert one.size() == other.size()
    gap = np.abs(pixels_of(one).astype(int) - pixels_of(other).astype(int)).max(axis=2)
    return float((gap > 60).mean())


# ---- PNG ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_a_png_is_as_large_as_the_view_times_its_scale(scatter: ScatterView, scale: int):
    image = image_of(forms.as_png(picture_of(scatter), scale))
    assert (image.width(), image.height()) == (scale * scatter.width(), scale * scatter.height())
    assert len(np.unique(pixels_of(image).reshape(-1, 3), axis=0)) > 50
    inch = image.dotsPerMeterX() * 0.0254
    assert inch == pytest.approx(scale * forms.dots_per_inch(), abs=1)


def test_at_scale_two_text_and_marks_are_drawn_sharper_not_enlarged(scatter: ScatterView):
    picture = picture_of(scatter)
    small = image_of(forms.as_png(picture, 1))
    large = image_of(forms.as_png(picture, 2))
    smooth = Qt.TransformationMode.SmoothTransformation
    blown = small.scaled(large.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    assert differ(large, blown) > 0.002
    again = large.scaled(small.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    assert differ(small, again) < 0.02  # and yet it is the same picture


def test_as_shown_it_is_what_the_screen_shows_without_its_buttons(scatter: ScatterView, qtbot):
    qtbot.wait(50)
    screen = scatter.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    corner = scatter.plot.mapTo(scatter, QPoint(0, 0))
    picture = image_of(forms.as_png(picture_of(scatter, Wish("shown")), 1))
    plot = picture.copy(corner.x(), corner.y(), screen.width(), screen.height())
    assert differ(screen, plot) < 0.01
    strip = scatter.tools
    place = strip.mapTo(scatter, QPoint(0, 0))
    under = picture.copy(place.x(), place.y(), strip.width(), strip.height())
    assert len(np.unique(pixels_of(under).reshape(-1, 3), axis=0)) == 1


def test_none_behind_it_is_transparent(scatter: ScatterView):
    image = image_of(forms.as_png(picture_of(scatter, Wish("none")), 1))
    assert image.pixelColor(0, 0).alpha() == 0
    assert image_of(forms.as_png(picture_of(scatter), 1)).pixelColor(0, 0).alpha() == 255


# ---- light, dark and the window ----------------------------------------------------------------


def test_in_the_dark_a_picture_is_white_with_dark_text_and_the_window_stays(
    scatter: ScatterView, qtbot
):
    theme.choose("dark")
    qtbot.wait(100)
    before = scatter.grab().toImage()
    image = image_of(forms.as_png(picture_of(scatter), 2))
    assert image.pixelColor(0, 0) == QColor("#ffffff")
    assert theme.current().dark
    # The words along the axis: dark on white.
    button = scatter._x_button
    place = button.mapTo(scatter, QPoint(0, 0))
    words = image.copy(2 * place.x(), 2 * place.y(), 2 * button.width(), 2 * button.height())
    darkness = pixels_of(words).max(axis=2)
    assert darkness.min() < 110 and np.median(darkness) == 255
    qtbot.wait(100)
    assert scatter.grab().toImage() == before
    shown = image_of(forms.as_png(picture_of(scatter, Wish("shown")), 1))
    assert shown.pixelColor(0, 0) == theme.color("window")


def test_nothing_is_painted_on_the_screen_while_it_is_taken(
    scatter: ScatterView, monkeypatch: pytest.MonkeyPatch
):
    theme.choose("dark")
    scatter.grab()
    painted: list[bool] = []
    draw = PointCloud.draw
    monkeypatch.setattr(
        PointCloud, "draw", lambda self, p: (painted.append(theme.current().dark), draw(self, p))
    )
    picture_of(scatter, Wish("white", QSize(321, 241)))
    QApplication.processEvents()
    assert all(painted)


def test_another_size_is_laid_out_anew_and_the_view_comes_back(scatter: ScatterView, qtbot):
    qtbot.wait(100)
    size, before = scatter.size(), scatter.grab().toImage()
    picture = picture_of(scatter, Wish("white", QSize(321, 241)))
    assert (picture.width, picture.height) == (321, 241)
    assert scatter.size() == size
    qtbot.wait(150)
    assert scatter.grab().toImage() == before


def test_what_goes_wrong_leaves_look_and_size_as_they_were(
    scatter: ScatterView, monkeypatch: pytest.MonkeyPatch
):
    theme.choose("dark")
    size = scatter.size()

    def fail(_self) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(PointCloud, "on_paper", fail)
    with pytest.raises(RuntimeError):
        picture_of(scatter, Wish("white", QSize(321, 241)))
    assert theme.current().dark and scatter.size() == size and scatter.updatesEnabled()
    assert not paper.on_paper() and paper.mark_share() == 1.0


# ---- SVG ----------------------------------------------------------------------------------------


def test_an_svg_stands_by_itself(scatter: ScatterView, rig: Rig):
    rig.session.apply(RenameCluster(rig.document.record.identities[0], HANGUL))
    wish = Wish("white", title="펭귄 & <co>", legend=entries_of(rig.document, rig.stage))
    data = forms.as_svg(picture_of(scatter, wish, scale=3.2))
    root = ElementTree.fromstring(data)
    assert root.tag == f"{SVG}svg"
    # Text is outlines, which say what they are: no font can be missing.
    assert not list(root.iter(f"{SVG}text")) and b"font-family" not in data
    said = [element.get("aria-label", "") for element in root.iter(f"{SVG}path")]
    assert "bill_length_mm" in said or "flipper_length_mm" in said
    for word in HANGUL.split():
        assert any(word in words for words in said)
    assert root.find(f"{SVG}title").text == "펭귄 & <co>"
    assert HANGUL in root.find(f"{SVG}desc").text
    outside = [
        value
        for element in root.iter()
        for name, value in element.attrib.items()
        if name.endswith("href") and not value.startswith(("data:", "#"))
    ]
    assert not outside and b"url(http" not in data
    width = float(root.get("width").removesuffix("mm"))
    assert width == pytest.approx(scatter.width() / forms.dots_per_inch() * 25.4, abs=0.01)


def test_an_svg_looks_like_the_png(scatter: ScatterView):
    picture = picture_of(scatter, scale=3.2)
    png = image_of(forms.as_png(picture, 2))
    assert differ(rendered(forms.as_svg(picture), png.size()), png) < 0.02


def test_few_points_are_shapes_each(scatter: ScatterView, rig: Rig):
    root = ElementTree.fromstring(forms.as_svg(picture_of(scatter, scale=3.2)))
    circles = len(list(root.iter(f"{SVG}circle"))) + len(list(root.iter(f"{SVG}ellipse")))
    n_outliers = int(np.count_nonzero(rig.stage.outliers))
    assert circles == 342 - n_outliers + 3  # and the badge of each cluster
    assert not list(root.iter(f"{SVG}image"))


def test_many_points_are_an_image_and_all_else_is_shapes(many):
    view = many(points_part.MOST_SHAPES + 500)
    data = forms.as_svg(picture_of(view, scale=3.2))
    root = ElementTree.fromstring(data)
    (image,) = root.iter(f"{SVG}image")
    href = next(value for name, value in image.attrib.items() if name.endswith("href"))
    assert href.startswith("data:image/png;base64,")
    drawn = image_of(base64.b64decode(href.split(",", 1)[1]))
    inches = float(image.get("width")) / forms.dots_per_inch()
    assert drawn.width() / inches >= 300  # dots
    assert any(element.get("aria-label") for element in root.iter(f"{SVG}path"))
    assert len(list(root.iter(f"{SVG}circle"))) == 3
    assert len(data) < 2_000_000


def test_a_hundred_thousand_points_make_small_files(many):
    view = many(100_000)
    picture = picture_of(view, scale=3.2)
    assert len(forms.as_svg(picture)) < 2_000_000
    assert len(forms.as_pdf(picture)) < 2_000_000
    assert len(forms.as_png(picture, 2)) < 2_000_000


# ---- PDF ----------------------------------------------------------------------------------------


def test_a_pdf_is_one_page_of_the_size_asked_for_with_its_fonts(scatter: ScatterView, rig: Rig):
    rig.session.apply(RenameCluster(rig.document.record.identities[0], HANGUL))
    legend = entries_of(rig.document, rig.stage)
    picture = picture_of(scatter, Wish("white", QSize(321, 241), legend=legend), scale=3.2)
    data = forms.as_pdf(picture, 85.0)
    left, top, right, bottom = map(float, re.search(rb"/MediaBox \[([^\]]*)\]", data)[1].split())
    assert right - left == pytest.approx(85 / 25.4 * 72, abs=1)
    share = picture.height / picture.width
    assert bottom - top == pytest.approx(85 / 25.4 * 72 * share, abs=1)
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    fonts = re.findall(rb"/BaseFont /([\w+-]+)", data)
    assert fonts and all(b"Pretendard" in name for name in fonts)
    assert data.count(b"/FontFile2") >= len(set(fonts))
    # What is written can be found: the Hangul is in the table from glyphs to letters.
    maps = b"".join(part for part in streams(data) if b"begincmap" in part).lower()
    for letter in HANGUL.replace(" ", ""):
        assert f"{ord(letter):04x}".encode() in maps


def test_a_pdf_of_few_points_holds_no_image(scatter: ScatterView, many):
    assert b"/Subtype /Image" not in forms.as_pdf(picture_of(scatter, scale=3.2))
    view = many(points_part.MOST_SHAPES + 500)
    assert b"/Subtype /Image" in forms.as_pdf(picture_of(view, scale=3.2))


# ---- other views, legend, bad input ------------------------------------------------------------


@pytest.mark.parametrize("kind", [ConvergenceView, ChooseKView])
def test_the_lower_plots_have_pictures_too(rig: Rig, show, kind):
    rig.fit(n_components=2)
    view = show(kind(rig.session, rig.stage, rig.control))
    picture = picture_of(view)
    image = image_of(forms.as_png(picture, 2))
    assert image.size() == 2 * view.size()
    said = ElementTree.tostring(ElementTree.fromstring(forms.as_svg(picture)), "unicode")
    assert kind.title.upper() in said


def test_a_view_without_data_gives_its_sentence(qapp, show, rig: Rig):
    rig.open(table_of("name\na\nb\n"))
    view = show(ScatterView(rig.session, rig.stage))
    said = forms.as_svg(picture_of(view)).decode()
    assert "No column of this table holds numbers" in said


def test_the_legend_names_counts_and_wraps(rig: Rig):
    rig.fit(n_components=3)
    rig.session.apply(RenameCluster(rig.document.record.identities[0], "x" * 300))
    entries = entries_of(rig.document, rig.stage)
    assert sum(int(entry.size.split()[0]) for entry in entries) == rig.document.record.fit.n_rows
    wide, narrow = Legend(entries, 5000), Legend(entries, 200)
    assert narrow.height > 2.5 * (wide.height - 8)
    assert Legend((), 500).height == 0


def test_selected_rows_are_lit_in_the_picture(scatter: ScatterView, rig: Rig, qtbot):
    plain = forms.as_image(picture_of(scatter), 1)
    rig.stage.selection.choose(np.arange(0, 344, 20), "replace", "some")
    qtbot.wait(50)
    lit = forms.as_image(picture_of(scatter), 1)
    assert differ(plain, lit) > 0.005
    shapes = rendered(forms.as_svg(picture_of(scatter)), lit.size())
    assert differ(shapes, lit) < 0.02


def test_the_points_of_a_matrix_are_shapes_while_few_and_sharp_images_when_many(
    rig: Rig, show, qtbot, monkeypatch: pytest.MonkeyPatch
):
    view = show(MatrixView(rig.session, rig.stage))
    rig.fit(n_components=3)
    qtbot.waitUntil(lambda: view.area.picture is not None, timeout=20_000)
    view.grab()
    picture = picture_of(view, scale=3.2)
    shapes = ElementTree.fromstring(forms.as_svg(picture))
    n_outliers = int(np.count_nonzero(rig.stage.outliers))
    circles = len(list(shapes.iter(f"{SVG}circle"))) + len(list(shapes.iter(f"{SVG}ellipse")))
    assert circles == 6 * (342 - n_outliers) + 6 * 3  # six pairs of columns, and their badges
    assert len(list(shapes.iter(f"{SVG}image"))) == 6  # how dense the rows lie
    png = image_of(forms.as_png(picture, 2))
    assert png.size() == 2 * view.size()
    assert differ(rendered(forms.as_svg(picture), png.size()), png) < 0.02
    monkeypatch.setattr(cell_points, "MOST_SHAPES", 100)
    images = ElementTree.fromstring(forms.as_svg(picture))
    assert len(list(images.iter(f"{SVG}image"))) == 12


def test_views_with_layouts_in_layouts_are_laid_out_for_another_size(rig: Rig, show, qtbot):
    scatter = show(ScatterView(rig.session, rig.stage))
    view = show(UncertaintyView(rig.session, rig.stage, scatter), 800, 500)
    rig.fit(n_components=3)
    qtbot.wait(100)
    theme.choose("dark")
    places: list[int] = []
    draw = walk.draw_widget

    def noted(recorder, widget, at: QPoint) -> None:
        if widget is view.panel:
            places.append(at.x() + widget.width())
        draw(recorder, widget, at)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(walk, "draw_widget", noted)
        patched.setattr(portrait, "draw_widget", noted)
        picture_of(view, Wish("white", QSize(560, 380)))
    assert places == [560]
    assert view.panel.geometry().right() == 799
