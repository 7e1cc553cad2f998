"""SVG files that look the same everywhere.

Text becomes outlines. Browsers would read a font that is embedded in the file, but Inkscape,
LibreOffice, Word and LaTeX would not, and would put another font, of other widths and without
Hangul, in its place. What each text says stands beside its outline for readers and for search.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPicture
from PySide6.QtSvg import QSvgGenerator

from gmmstudio.ui.pictures.picture import Picture

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_FONT = ("font-family", "font-size", "font-weight", "font-style")
_UPRIGHT = "matrix(1,0,0,1,0,0)"


def svg(picture: Picture, millimetres: float, scale: float) -> bytes:
    """Return a picture as an SVG file.

    Parameters
    ----------
    picture
        The picture.
    millimetres
        How wide it is.
    scale
        Pixels of images per pixel of the picture.
    """
    for prefix, name in (("", _SVG), ("xlink", _XLINK)):
        ElementTree.register_namespace(prefix, name)
    root = ElementTree.fromstring(_generated(picture, scale))
    root.set("width", f"{millimetres:.3f}mm")
    root.set("height", f"{millimetres * picture.height / picture.width:.3f}mm")
    root.set("role", "img")
    root.set("aria-label", picture.title)
    _find(root, "title").text = picture.title
    _tidy(root)
    said = [text for element in root.iter() if (text := element.get("aria-label"))]
    words = [picture.description, "; ".join(said[1:])]
    _find(root, "desc").text = "\n".join(part for part in words if part)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _generated(picture: Picture, scale: float) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Version 1.1 can clip, which SVG Tiny cannot.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(QPicture().logicalDpiX())
    generator.setSize(QSize(round(picture.width), round(picture.height)))
    generator.setViewBox(QRectF(0, 0, picture.width, picture.height))
    painter = QPainter(generator)
    picture.draw(painter, scale, as_shapes=True)
    painter.end()
    return bytes(buffer.data().data())


def _find(root: ElementTree.Element, name: str) -> ElementTree.Element:
    found = root.find(f"{{{_SVG}}}{name}")
    assert found is not None, "Qt writes a title and a description"
    return found


def _tidy(element: ElementTree.Element) -> None:
    """Turn text into outlines, and leave out what Qt writes without need."""
    for place, child in enumerate(list(element)):
        if child.tag == f"{{{_SVG}}}text":
            element[place] = _outlined(child)
            continue
        _tidy(child)
    for child in list(element):
        if child.tag == f"{{{_SVG}}}g":
            for name in _FONT:
                child.attrib.pop(name, None)
            if child.get("transform") == _UPRIGHT:
                del child.attrib["transform"]
            if not len(child):
                element.remove(child)
        elif child.get("vector-effect") == "none":
            del child.attrib["vector-effect"]
        if child.text and not child.text.strip():
            child.text = None
        child.tail = "\n"


def _outlined(text: ElementTree.Element) -> ElementTree.Element:
    """Return the outline of a text, which says what it is."""
    words = text.text or ""
    font = QFont(re.split(r",", text.get("font-family", ""))[0].strip("'\" "))
    dpi = QPicture().logicalDpiX()
    font.setPointSizeF(float(text.get("font-size", "13").removesuffix("px")) * 72 / dpi)
    font.setWeight(QFont.Weight(int(text.get("font-weight", "400"))))
    font.setItalic(text.get("font-style") == "italic")
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    path = QPainterPath()
    path.addText(float(text.get("x", "0")), float(text.get("y", "0")), font, words)
    group = ElementTree.Element(f"{{{_SVG}}}path")
    group.set("aria-label", words)
    group.set("fill", text.get("fill", "#000000"))
    if text.get("fill-opacity", "1") != "1":
        group.set("fill-opacity", text.get("fill-opacity", "1"))
    group.set("stroke", "none")
    group.set("fill-rule", "nonzero")
    group.set("d", _drawn(path))
    return group


def _drawn(path: QPainterPath) -> str:
    """Return a path in SVG's words."""
    parts, place = [], 0
    kinds = QPainterPath.ElementType
    while place < path.elementCount():
        element = path.elementAt(place)
        if element.type == kinds.CurveToElement:
            after = (element, path.elementAt(place + 1), path.elementAt(place + 2))
            parts.append("C" + " ".join(f"{e.x:.2f},{e.y:.2f}" for e in after))
            place += 3
            continue
        word = "M" if element.type == kinds.MoveToElement else "L"
        parts.append(f"{word}{element.x:.2f},{element.y:.2f}")
        place += 1
    return "".join(parts)
