"""Which encoding is found, what is refused, and that the export uses the same."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from table_helpers import headers, labels_for, noticed, read_bytes, rows

from gmmstudio.table import TableError, read, write_labelled

KOREAN = "이름,키,몸무게\n김철수,172.5,68\n이영희,160.2,55\n박똠방,181.0,80\n"
ENCODINGS = {
    "utf-8": ("utf-8", False, b""),
    "utf-8 with mark": ("utf-8", True, codecs.BOM_UTF8),
    "utf-16-le with mark": ("utf-16-le", True, codecs.BOM_UTF16_LE),
    "utf-16-be with mark": ("utf-16-be", True, codecs.BOM_UTF16_BE),
    "utf-16-le": ("utf-16-le", False, b""),
    "utf-16-be": ("utf-16-be", False, b""),
    "cp949": ("cp949", False, b""),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_korean_in_every_encoding_and_back(name: str, tmp_path: Path) -> None:
    encoding, bom, mark = ENCODINGS[name]
    table = read_bytes(tmp_path, mark + KOREAN.encode(encoding))
    assert (table.dialect.encoding, table.dialect.bom) == (encoding, bom)
    assert headers(table) == ["이름", "키", "몸무게"]
    assert rows(table)[2] == ["박똠방", "181.0", "80"]
    write_labelled(tmp_path / "out.csv", table, labels_for(table, names=("가", "나")))
    assert (tmp_path / "out.csv").read_bytes().startswith(mark)
    again = read(tmp_path / "out.csv")
    assert again.dialect == table.dialect
    assert [row[:3] for row in rows(again)] == rows(table)
    assert {row[3] for row in rows(again)} <= {"가", "나"}


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-16"])
def test_late_korean(encoding: str, tmp_path: Path) -> None:
    text = "name,x\n" + "plain,1.5\n" * 200_000 + "한글,2.5\n"
    table = read_bytes(tmp_path, text.encode(encoding))
    assert table.columns[0].cells[-1].as_py() == "한글"


def test_cp949_is_said(tmp_path: Path) -> None:
    assert noticed(read_bytes(tmp_path, KOREAN.encode("cp949")), "CP949")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "name,x\nMüller,1\nCafé,2\n"),
        ("cp1252", "name,x\nÄrger,1\nÀ la,2\n"),
        ("cp1252", "Name,x\nBjörn,1\nÅsa,2\nÉva,3\n"),
        ("cp1252", "temp °C,x\n1,2\n"),
        ("cp1252", "größe,x\nschön,1\n"),
        ("cp1250", "jméno,x\nŽluťoučký kůň,1\nPříliš,2\n"),
        ("cp1251", "имя,x\nИван Петров,1\nМария,2\n"),
        ("cp932", "名前,x\n山田太郎,1\n東京都,2\nカタカナ,3\n"),
        ("big5", "姓名,x\n張三豐,1\n李四,2\n臺北市,3\n"),
    ],
)
def test_other_letters_are_guessed_and_doubted(encoding: str, text: str, tmp_path: Path) -> None:
    table = read_bytes(tmp_path, ("plain,0\n" * 2000).join(["", text]).encode(encoding))
    assert table.dialect.encoding == encoding
    notice = next(n for n in table.notices if encoding.upper() in n)
    assert notice.doubt
    assert notice.lines
    assert rows(table)[-1][0] == text.splitlines()[-1].split(",")[0]


SENTENCES = ("가", "한글", "김철수", "서울특별시 강남구", "박똠방", "펲시 콜라", "값이 없음")


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("late", [0, 3, 30_000])
@pytest.mark.parametrize("words", [SENTENCES[:1], SENTENCES])
def test_short_and_late_korean(
    encoding: str, late: int, words: tuple[str, ...], tmp_path: Path
) -> None:
    plain = [["plain", str(i % 17), f"{i % 7}.5"] for i in range(late)]
    korean = [[word, str(i), "2.5"] for i, word in enumerate(words)]
    names = ["name", "x", "y"] if late else ["이름", "키", "몸무게"]
    text = "".join(",".join(row) + "\r\n" for row in (names, *plain, *korean))
    table = read_bytes(tmp_path, text.encode(encoding))
    assert headers(table) == names
    assert rows(table) == plain + korean


def test_korean_without_much_else_in_utf_16(tmp_path: Path) -> None:
    line = "가나다라마바사아자차카타파하" * 6
    text = "이름,값\n" + f"{line},{line}\n" * 20
    assert rows(read_bytes(tmp_path, text.encode("utf-16-le")))[7] == [line, line]


def test_half_a_letter(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="says that it is UTF-8"):
        read_bytes(tmp_path, codecs.BOM_UTF8 + "a,b\n가,1\n".encode()[:-5])
    with pytest.raises(TableError, match="says that it is UTF-16"):
        read_bytes(tmp_path, codecs.BOM_UTF16_LE + "a,b\n1,2\n".encode("utf-16-le")[:-1])


def test_a_letter_the_encoding_lacks(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, KOREAN.encode("cp949"))
    with pytest.raises(TableError, match=r"“ü” in the cluster name “Grün”.*nothing was saved"):
        write_labelled(tmp_path / "out.csv", table, labels_for(table, names=("Grün", "B")))
    assert not (tmp_path / "out.csv").exists()
