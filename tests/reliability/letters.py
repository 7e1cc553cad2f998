"""Texts in the encodings that files of many countries and years are in."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.reliability.pollutions import Rows, Variant

_KOREAN = "서울 부산 대구 인천 광주 김철수 이영희 박지민 최민준 남성 여성 초등학교 회사원 학생 주부"
_WORDS = {
    "Korean": _KOREAN,
    "Japanese": "東京 大阪 名古屋 さくら たろう カタカナ ひらがな 男性 女性 会社員 学生 テスト",
    "Chinese": "北京 上海 广州 深圳 学生 老师 张伟 王芳 李娜 中国 数据 测试 满意",
    "Chinese, traditional": "臺北 高雄 臺中 學生 老師 張偉 王芳 數據 測試 滿意",
    "Western": "Müller Größe Köln François Élise garçon Ñandú señor São coração Ångström",
    "Central European": "Łódź Kraków Gdańsk żółty Český Křivý Škoda Őrség Győr źrebię",
    "Cyrillic": "Москва Петров Иванова Казань Сочи мужчина женщина школа студент город",
    "Greek": "Αθήνα Πάτρα Ελένη Γιώργος Κρήτη",
}
KOREAN = ("cp949", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
_OTHERS = (
    *(("Korean", codec) for codec in ("johab", "iso2022_kr")),
    *(("Japanese", codec) for codec in ("shift_jis", "euc_jp", "iso2022_jp")),
    *(("Chinese", codec) for codec in ("gb18030", "gbk")),
    ("Chinese, traditional", "big5"),
    *(("Western", codec) for codec in ("cp1252", "latin-1", "mac_roman", "cp850")),
    *(("Central European", codec) for codec in ("cp1250", "iso8859-2")),
    *(("Cyrillic", codec) for codec in ("cp1251", "koi8-r", "cp866", "mac_cyrillic")),
    *(("Greek", codec) for codec in ("cp1253", "iso8859-7")),
)


def korean_files() -> Iterator[Variant]:
    """Short files, one word among numbers, and Hangul late in a long file."""
    for codec in KOREAN:
        for n in (1, 3, 60):
            yield _variant("Korean, short", codec, _table(_WORDS["Korean"], n, n))
        for word in ("가", "서울"):
            rows = _numbers(20)
            rows[7][1] = word
            yield _variant("Korean, one word", f"{codec} {word}", rows, codec)
        for size in (100_000, 1_000_000):
            rows = _numbers(size // 14)
            rows[-1][1] = "홍길동"
            yield _variant("Korean, late", f"{codec} {size}", rows, codec)


def cut_files() -> Iterator[Variant]:
    """Files that end within their last letter."""
    for codec in KOREAN:
        rows = [*_table(_WORDS["Korean"], 20, 1), ["21", "1.5", "대전"]]
        data = "\n".join(",".join(row) for row in rows).encode(codec)[:-1]
        rows[-1][2] = "대\ufffd"
        yield Variant("cut within a letter", codec, data, rows)


def other_files() -> Iterator[Variant]:
    """Texts that are neither Unicode nor CP949."""
    for language, codec in _OTHERS:
        for n in (1, 3, 10, 60):
            yield _variant(language, codec, _table(_WORDS[language], n, n))


def _numbers(n: int) -> Rows:
    rng = random.Random(n)
    return [["id", "name", "v"], *([str(i), "abc", f"{rng.random():.3f}"] for i in range(n))]


def _table(words: str, n: int, seed: int) -> Rows:
    rng = random.Random(seed)
    choice = words.split()
    rows = [["id", "name", "v"]]
    rows += [[str(i + 1), rng.choice(choice), f"{rng.gauss(5, 2):.2f}"] for i in range(n)]
    return rows


def _variant(kind: str, name: str, rows: Rows, codec: str = "") -> Variant:
    text = "".join(",".join(row) + "\r\n" for row in rows)
    return Variant(kind, name, text.encode(codec or name), rows)
