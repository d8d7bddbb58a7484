"""Sentence boundaries, exact offsets, and nothing lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.data import Sentence
from qa.text.blocks import blocks
from qa.text.sentences import LONGEST, cut, sentences, weight

# ruff: noqa: E501 - a case is one line
# "‖" marks every boundary that a careful reader would set.  The segmenter was chosen, and
# its gaps were closed, on these.
CASES = """\
The prize went to No. 5 in the list.‖ She left early.
Partners include Changan Automobile and Anhui Jianghuai Automobile Group Corp (JAC).‖ In August 2021, Changan announced its brand.
Deliveries as of Feb. 5 exceeded 2,000 units.‖ The brand said so on Jan. 12.
The U.S. economy grew.‖ Exports fell.
He moved to the U.S. in 1990.‖ He stayed there.
She has lived for years in the U.S.‖ The family followed later.
Growth was 3.5 percent.‖ Inflation was 2.1 percent.
Growth reached 3.5.‖ Inflation fell to 2.1.‖ Nobody cheered.
Some fruits, e.g. apples, keep well.‖ Others, i.e. berries, do not.
Bring tools (e.g. a hammer).‖ Leave the rest.
Dr. Smith met Mrs. Jones.‖ Mr. Brown was absent.
Acme Inc. said on Monday that it would merge with Widget Co. and Gadget Ltd. of London.‖ Shares rose.
The company is Acme Inc.‖ Its shares rose.
J. K. Rowling wrote the book.‖ J.R.R. Tolkien did not.
George W. Bush met Samuel L. Jackson.‖ They talked.
"I will not go."‖ She sat down.
"I will not go," she said.‖ He agreed.
He said, “We will win.”‖ The crowd cheered.
He asked, “Why not?”‖ Nobody answered.
“Is it true?” she asked.‖ He nodded.
"Stop!" he cried.‖ Nobody did.
He left (he had to).‖ She stayed.
He left.‖ (She had asked him to.)‖ The door closed.
The model (see Fig. 3) works.‖ Fig. 4 shows why.
See pp. 4-5 and p. 17.‖ Then read vol. 2.
Under Art. 5 of the treaty, states may leave.‖ Sec. 7 limits this.
Wait... what happened?‖ Nothing did.
He paused…‖ Then he spoke.
And then he stopped.‖ ... Nobody knows why.
What?!‖ You did that?‖ Yes!‖ I did.
Are you sure?!‖ I am.
Go to https://example.com/a.b?c=d.e for details.‖ It is free.
See www.example.com.‖ It is free.
Mail me at john.doe@example.com.‖ I answer fast.
Version 2.0.1 fixes the bug.‖ Upgrade from v1.9.3 now.
The file is config.yaml.‖ Open it with vim.
Run setup.py first.‖ Then import os.path as usual.
We meet at 5 p.m. on Monday.‖ Dinner is at 7 p.m.‖ Do not be late.
The train leaves at 9:30 a.m.‖ It is rarely late.
It costs $4.50 a piece.‖ Two cost $8.
He was born in 1990.‖ In 2010 he left.
It was 2023.‖ The war went on.
Wir nehmen z. B. Äpfel und z.B. Birnen.‖ Sie sind reif.
Am 3. Oktober feiern wir.‖ Das ist ein Feiertag.
Die Firma Müller & Co. liefert bzw. holt ab.‖ Dr. Weber prüft es.
M. Dupont est arrivé à Paris.‖ Il était fatigué.
华为是中国公司。‖它在深圳。‖你知道吗？‖真的！‖是的。
他说：“我不去。”‖然后他走了。
他问：「你去嗎？」‖她沒有回答。
华为（Huawei）成立于1987年。‖总部在深圳。
公司生产机器人。‖2022年销售额达到3.2亿元。‖工厂在波兰。
Huawei 发布了 HarmonyOS 4.0。‖The launch took place in Dongguan.‖销量增长了3.5%。
東京は日本の首都です。‖人口は約1400万人です。
The first sentence ends here.‖The second follows without a space.
Deliveries began in January.‖In February they doubled.
Gov. Brown spoke to Sen. Lee and Rep. Kim.‖ Gen. Clark listened.
St. Petersburg lies on Mt. Vernon Ave. near Ft. Worth.‖ It rains.
He holds a Ph.D. in physics.‖ His wife has an M.D. too.
The vs. in Roe v. Wade is short.‖ Smith et al. disagree.
As shown by Smith et al. (2019), it works.‖ Lee et al. agree.
The temperature was approx. 20 degrees.‖ It was max. 25.
Apples, pears, etc. are fruit.‖ Carrots, leeks, etc.‖ Potatoes are not included.
The meeting was on Sept. 11, 2001.‖ It was a Tuesday.
NASA's budget (approx. $22.6 bn.) is small.‖ So what?
Yahoo! announced a deal.‖ Shares of Yahoo! rose.
He works for Jeopardy! and likes it.‖ Fine.
The answer is no.‖ Five people left.
I gave him No. 7.‖ He gave me no. 8.
Is this 5 ft. or 6 ft. long?‖ It weighs 3 lbs. or so.
Lt. Col. Harris and Sgt. Pepper met Adm. Nelson.‖ They sailed.
He won in the U.K., the U.S., and the E.U.‖ Nobody else did.
The U.S. Senate and the U.S. Air Force agreed.‖ Washington, D.C. is the capital.
At 10 a.m. Mr. Li arrived.‖ At 11 a.m. he left.
Martin Luther King Jr. spoke.‖ Sammy Davis Jr. sang.
iPhone sales fell.‖ iPad sales rose.
Python 3.11 is out.‖ python is a snake.
He said it was "over."‖ It was not.
They shouted “Stop!” and “Go!” at once.‖ Chaos followed.
The ratio was 0.5 (95% CI 0.3 to 0.7; P<.001).‖ This was significant.
Cells were kept at 37 °C.‖ Samples (n = 5) were taken.
E. coli grows fast.‖ S. aureus does not.
The claim was rejected.[1]‖ It was later upheld.[2][3]‖ Nobody noticed.
It happened in 1066.[4]‖ The king died.
Vitamin C is good.‖ Vitamin D is better.‖ Plan B failed.
It was plan B.‖ Then came plan C.
So did I.‖ You know it.
Who am I?‖ I am me.
Chapter 4.2 explains it.‖ Section 3.1.4 does not.
He scored 4.‖ 5 others failed.
Use Node.js or .NET for this.‖ ASP.NET works too.
The A.I. boom began.‖ A.I. is everywhere.
Visit us in Oct. or Nov. this year.‖ Dec. is closed.
The Rev. Dr. King preached.‖ Prof. Lee listened.
Messrs. Smith and Jones vs. the Dept. of Justice.‖ The case is open.
It is item (a). ‖Item (b) follows.
“It works.”‖ That is what she said.
He shouted: "Run!"‖ They ran.
Price: €1.000,50.‖ Das ist teuer.
""".splitlines()

# Written after that.  19 of these 25 were right at first; two rules came of the other six.
LATER = """\
Ms. Alvarez joined Siemens AG in Nov. 2019.‖ She left three years later.
The court cited Brown v. Board of Educ. in its ruling.‖ No judge dissented.
Sales rose 4.2% to $1.3 bn. in Q3.‖ Margins fell.
“We are ready,” said Gen. Petrov.‖ “Are you?”
The bridge (built in 1932) collapsed.‖ Nobody was hurt.
Turn left at Main St. and walk on.‖ The shop is at No. 12.
He lives in Washington D.C. with his wife.‖ They met in L.A. in 1999.
Use pip install foo==1.2.3.‖ Then restart.
The meeting ended at 6 p.m.‖ Everyone went home.
Is it 10 km or 12 km?‖ Ask Lt. Brown!‖ He knows.
Pres. Lincoln was shot on Apr. 14, 1865.‖ He died the next day.
The ISO 8601 format, e.g. 2024-01-31, is clear.‖ Others are not.
Toyota Motor Corp. and Honda Motor Co. will merge, Reuters reported.‖ Both declined to comment.
Das Werk wurde ca. 1850 gebaut.‖ Es steht noch.
She said: ‘It is over.’‖ He wept.
Mix 2 tbsp. of sugar with milk.‖ Stir well.
See Eq. 7 and Tab. 2 for details.‖ Ref. 12 gives a proof.
The value is .5 or less.‖ It is never 0.
Visit docs.python.org/3/library/re.html for more.‖ The page is long.
I saw “Who Framed Roger Rabbit?” twice.‖ It was fun.
Dr. J. Robert Oppenheimer led the lab.‖ Maj. Gen. Groves ran the project.
La Sra. García vive en la Av. de Mayo.‖ ¿Dónde vive usted?‖ ¡Qué bien!
Todo: buy milk...‖ Then call Anna.
The firm, founded by A. B. Volvo Jr., grew.‖ It now employs 3,000.
""".splitlines()

# Needs the sense to be known.
MISSED = """\
问界M5于2022年3月交付……‖随后推出了M7。
公司表示，销量同比增长12.5%。‖“我们很满意。”张先生说。
""".splitlines()


# In Markdown the marks of emphasis stay with what they mark.
EMPHASISED = """\
**1. Rent.** The tenant pays 12 crowns.‖ **2. Pets.** None.
**3.1. Keys.** There are two.‖ **12** crowns are kept for each.
He said *"no."*‖ The door closed.
The claim was rejected.[^a]‖ It was upheld.[^2]
It costs **12**.‖ **Guests** pay more.
""".splitlines()


def found(text: str) -> list[str]:
    """The sentences of ``text`` as strings."""
    return [text[one.start : one.end] for one in sentences(text)]


@pytest.mark.parametrize("case", CASES + LATER + EMPHASISED)
def test_boundaries_are_where_a_reader_sets_them(case: str) -> None:
    """A quotation is one whole sentence, not half of one and not two."""
    expected = [part.strip() for part in case.split("‖")]
    assert expected == found(case.replace("‖", ""))


@pytest.mark.parametrize("case", MISSED)
@pytest.mark.xfail(strict=True, reason="the segmenter is not told the sense")
def test_boundaries_that_are_known_to_be_missed(case: str) -> None:
    """Known limits are written down, and noticed when they go away."""
    expected = [part.strip() for part in case.split("‖")]
    assert expected == found(case.replace("‖", ""))


STRUCTURE = {
    "list": ("- Seres\n- Changan Auto\n* JAC. It is big.\n", "Seres‖Changan Auto‖JAC.‖It is big."),
    "numbers": ("1. One\n2. Two\n   goes on\n(a) Three", "One‖Two\n   goes on‖Three"),
    "bullets": ("• 一\n• 二", "一‖二"),
    "year first": ("2023. The war went on.", "2023.‖The war went on."),
    "wrapped number": ("He came on Feb.\n5. She left.", "He came on Feb.\n5.‖She left."),
    "wrapped": (
        "A sentence over\ntwo lines. And\r\nanother.",
        "A sentence over\ntwo lines.‖And\r\nanother.",
    ),
    "blank line": ("no stop here\n\nnext one", "no stop here‖next one"),
    "caption": (
        "It came.\n\n(Image credit: AITO)\n\nIt went.",
        "It came.‖(Image credit: AITO)‖It went.",
    ),
    "heading": ("# Top #\nText here.\n\n## Sub\n\nMore.", "Top‖Text here.‖Sub‖More."),
    "setext": ("Title\n=====\nText.\n\nPart\n----\nMore.", "Title‖Text.‖Part‖More."),
    "overline": ("=====\nTitle\n=====\n\nText.", "Title‖Text."),
    "rule": ("One.\n\n---\n\nTwo.", "One.‖Two."),
    "quote": ("> It is\n> said. So\n> be it.\n", "It is\n> said.‖So\n> be it."),
    "code": ("```sh\n# not a heading\nls -l. Now\n```\nDone.", "# not a heading‖ls -l. Now‖Done."),
    "unclosed fence": ("```\nIt goes on. And on.", "It goes on.‖And on."),
    "comment": ("port = 80\n# the port\nhost = x", "port = 80‖# the port‖host = x"),
    "table": (
        "| Name | Year |\n|---|---|\n| Acme Inc. The | 1999 |",
        "Name | Year‖Acme Inc. The | 1999",
    ),
    "cells": ("a | b\nc. D | d", "a | b‖c. D | d"),
    "fields": (
        "Name: Acme. X; Year: 1999\nName: B; Year: 2000",
        "Name: Acme. X; Year: 1999‖Name: B; Year: 2000",
    ),
    "header": ("From: A\nTo: B\n\nHello.", "From: A‖To: B‖Hello."),
    "title line": (
        "Methods\nWe counted all of the cars in the street for a week.",
        "Methods‖We counted all of the cars in the street for a week.",
    ),
    "wrapped name": (
        "It was announced by\nHuawei in the very long press release of today.",
        "It was announced by\nHuawei in the very long press release of today.",
    ),
    "inside a quotation": (
        "He said: “I go. You stay. We win.” He left.",
        "He said: “I go.‖You stay.‖We win.”‖He left.",
    ),
    "clauses": (
        "2. Rent\n2.1 The rent is 5. It is due\nmonthly.\n2.2 Late fees apply.",
        "2. Rent‖2.1 The rent is 5.‖It is due\nmonthly.‖2.2 Late fees apply.",
    ),
    "no clause": ("The costs rose to\n2.5 Million euros.", "The costs rose to\n2.5 Million euros."),
    "prices": ("Day ticket 12.50\nFamily ticket 29 €", "Day ticket 12.50‖Family ticket 29 €"),
    "programme": ("09:00 Doors\n10:30 the talk", "09:00 Doors‖10:30 the talk"),
    "people": (
        "Anna Berg, chair\nTom Lee, keys\nIda Moss, tea",
        "Anna Berg, chair‖Tom Lee, keys‖Ida Moss, tea",
    ),
    "narrow": (
        "She met the chair of\nMarine Affairs at the\nPort of Oslo.",
        "She met the chair of\nMarine Affairs at the\nPort of Oslo.",
    ),
    "unclosed quotation": ("“One here. Two here.", "“One here.‖Two here."),
    "no final newline": ("One.\n\nTwo", "One.‖Two"),
    "nothing": (" \n\t\n---\n", ""),
}


@pytest.mark.parametrize("name", STRUCTURE)
def test_structure_of_a_text_bounds_its_sentences(name: str) -> None:
    """List items, headings, rows and code lines are quoted by themselves, without markers."""
    text, expected = STRUCTURE[name]
    assert [part for part in expected.split("‖") if part] == found(text)


def test_headings_know_their_depth() -> None:
    """A section stands under the right headings in Markdown and in reStructuredText."""
    text = "Top\n===\n\nSub\n~~~~\n\nText.\n\nNext\n====\n\n### Deep\n"
    depths = [(text[b.start : b.end], b.level) for b in blocks(text) if b.kind == "heading"]
    assert depths == [("Top", 1), ("Sub", 2), ("Next", 1), ("Deep", 3)]


def test_clauses_stand_under_the_title_that_has_their_number() -> None:
    """What is called "clause 2" is found by its number; a list of steps has no such titles."""
    text = "1. Parties\n1.1 Orrin lets.\n\n2. Rent\n\n2.1 It is 5.\n2.2 It is due.\n"
    titles = [text[one.start : one.end] for one in blocks(text) if one.kind == "heading"]
    assert titles == ["1. Parties", "2. Rent"]
    assert [one.kind for one in blocks("1. Open it\n2. Shut it\n")] == ["item", "item"]


def test_a_long_line_is_cut_at_clauses() -> None:
    """A sentence of a thousand words is shown in readable parts, not in one or in halves of words."""
    clause = "this clause has seven words in it; "
    parts = found(clause * 200)
    assert all(part.endswith("it;") for part in parts)
    assert (clause * 200).split() == " ".join(parts).split()
    assert max(weight(part) for part in parts) <= LONGEST


def test_an_accent_stays_with_its_letter_when_cut() -> None:
    """A cut never shows an accent without its letter."""
    text = "e\u0301" * 1001
    assert all(part.startswith("e") for part in found(text))
    assert text == "".join(found(text))


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        ".",
        "(",
        "\n",
        "a.a.a.",
        "“a. ",
        "? ",
        "。",
        "> ",
        "```\n",
        "|",
        "\u0301",
        "A\n\n",
        "#",
        "x\t",
    ],
)
def test_hostile_runs_come_back_whole_in_pieces_that_fit(unit: str) -> None:
    """A file of one repeated character neither hangs the reader nor makes endless sentences."""
    text = unit * (100_000 // len(unit))
    parts = found(text)
    assert max(map(weight, parts), default=0) <= LONGEST
    if unit not in ("\n", "> ", "```\n", "|", "#"):
        assert "".join(text.split()) == "".join("".join(parts).split())


PIECES = st.sampled_from(
    ["Same text. ", "Same text.", "\n", "\r\n", "\n\n", "- ", "> ", "# ", "```", "| a | b |", "===", "1. ",
     "No. 5 ", "e\u0301", "👩‍👩‍👧", "华为。", "”", "“", "(", ")", "\x00", "\x0c", "\u2028", "\ud800", "a: b",
     "; c: d", "...", "?!", "\t", " ", "\u00a0", "한국어 ", "U.S. ", "x" * 300]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join))
MARKUP = set("-=*_~^\"'+#.:`|>()•‣◦▪●·–—、（）")


@given(TEXTS)
@example("a\r\n> \r\nb")
def test_offsets_are_exact_and_nothing_is_lost(text: str) -> None:
    """Whatever the text, quotes are slices of it, in order, and every word is in one."""
    spans = sentences(text)
    assert spans == sentences(text)
    covered, last = set(), 0
    for one in spans:
        assert last <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == text[one.start : one.end].strip()
        covered.update(range(one.start, one.end))
        last = one.end
    lost = "".join(text[i] for i in range(len(text)) if i not in covered and not text[i].isspace())
    # A list marker may hold a digit or a letter, a fence the name of a language.
    if "```" not in text and "~~~" not in text:
        assert not [c for c in lost if c not in MARKUP and not (c.isascii() and c.isalnum())]


@given(
    st.lists(
        st.sampled_from(["Seres", "Huawei", "makes", "cars", "and", "5", "华为。"]), min_size=1
    )
)
def test_words_of_plain_prose_all_belong_to_a_sentence(words: list[str]) -> None:
    """Ordinary words are never taken for markup."""
    text = " ".join(words)
    assert words == " ".join(found(text)).replace("。", "。 ").split()


@given(TEXTS, st.integers(1, 50))
def test_cut_keeps_every_character(text: str, limit: int) -> None:
    """Cutting drops whitespace at the cuts and nothing else."""
    body = text.strip()
    parts = [body[start:end] for start, end in cut(body, 0, len(body), limit)] if body else []
    assert "".join(body.split()) == "".join("".join(parts).split())


def test_offsets_count_characters_not_bytes() -> None:
    """A quote after emoji and Chinese is not shifted."""
    assert (Sentence(0, 3), Sentence(3, 10), Sentence(11, 15)) == sentences("华为。It 👩‍x. Bye.")
