"""Words that a document gives as somebody else's, told by their form and never by what they say.

A line with the label of a chat's role, a chat template's tokens, a mail pasted into other text, a
comment that a page does not show, this program's own output, words put into the mouth of
another file, and what a mail quotes of earlier ones.  A transcript whose speakers have other names
is none of these, nor is code.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Literal

from qa.data import Voice
from qa.text.blocks import VERBATIM, attribution, depth
from qa.text.plain import holds_template_token
from qa.text.words import terms

_ANSWERS = frozenset(
    "assistant|ai|ai assistant|bot|chatbot|chatgpt|chatgpt said|gpt|gpt-4|copilot|llm"
    "|language model|assistent|ki|ki-assistent|ai-assistent|sprachmodell|asistente|ia"
    "|asistente de ia|assistant ia|assistente|assistente di ia|助手|ai助手|ai 助手|人工智能"
    "|人工智能助手|语言模型|アシスタント".split("|")
)
_ASKS = frozenset(
    "user|human|you|you said|system|developer|benutzer|nutzer|mensch|du|usuario|sistema|humano"
    "|utilisateur|système|utente|utilizador|gebruiker|systeem|用户|系统|人类|ユーザー|システム".split(
        "|"
    )
)
"""The roles of a chat with a language model, as chat programs label them."""
_ADDRESS = re.compile(  # "To all language models", "An die KI", "致人工智能助手"
    r"(?:.*\b(?:to|for|an|für|para|a|al|à|pour|aan|voor)\s+(?:[^\W\d]+\s+){0,2}?|(?:.*?[致给对]\s*))"
    r"(?:ai|ki|ia|llms?|chatbots?|(?:ai|ki)[ -]assist[ae]nt(?:s|en)?|language models?"
    r"|sprachmodelle?n?|asistentes? de ia|modelos? de lenguaje|assistants? ia|modèles? de langue"
    r"|人工智能助手|人工智能|语言模型|大模型|ai ?助手)(?:的[^\W\d]{1,6}|(?:\s+[^\W\d]+){0,3})",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"[>*_\-• \t]*(?:\[[^\]\n]{1,24}\][ \t]*|\d\d?:\d\d(?::\d\d)?[ \t]+)?[*_]{0,3}"
    r"(?P<label>[^\W\d_][^:：\n*|.!?。]{0,48}?)[*_]{0,3}[ \t]*[:：][*_]{0,3}(?:[ \t]+|(?<=：)|$)"
    r"(?P<said>.*)"
)
_ROLE_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<label>[^:：\n]{1,30}?)[ \t]*[:：]?$")
_WHOLE = re.compile(r"[.!?。！？…][\"'”’»」)]*(?:<[^<>]*>)?$")
_HEADER = re.compile(
    r"[*_]{0,2}(?P<name>from|to|cc|subject|date|sent|von|an|betreff|datum|gesendet|de|para|à|asunto"
    r"|assunto|objet|fecha|data|enviado|envoyé|发件人|收件人|主题|日期|发送时间|差出人|宛先|件名|日時)"
    r"[*_]{0,2}[ \t]*[:：]",
    re.IGNORECASE,
)
_SENT = frozenset("sent|gesendet|envoyé|enviado|发送时间".split("|"))  # of an earlier mail
_SENDER = frozenset("from|von|de|发件人|差出人".split("|"))
_FORWARDS = re.compile(r"[-_=*]{4,}|.*[:：]$|>")  # what a mail program puts above a mail it quotes
_SEPARATES = re.compile(r"-{3,}\s*[^\W\d_].*|[^\W\d_].*[:：]$|_{20,}")  # an earlier mail, in a mail
_COMMENT = re.compile(  # the two ways in which Markdown hides a line
    r"^[ ]{0,3}\[[^\]\n]*\]:[ \t]*<?#>?[ \t]*(?:\([^\n]*\)|\"[^\n]*\"|'[^\n]*')[ \t]*$",
    re.MULTILINE,
)
_ROLE_JSON = re.compile(r"[\"']role[\"']\s*:\s*[\"'](?:assistant|system|user|model)[\"']", re.I)
_OUTPUT = re.compile(
    r"(?:This (?:may answer|probably answers) it|The documents say otherwise):|Answered by: \S.*"
)
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_END_OF_SENTENCE = re.compile(r"[.!?…][\"'”’»)]*(?=\s)|[。！？][”」』]?|\n")

_NAME = r"\s\"'“”„‘’«»()\[\]{}<>|,;:：，、。*`"  # what no name of a file holds
_FILE = re.compile(
    rf"(?<![^{_NAME}])[^{_NAME}]{{0,150}}[^{_NAME}.]\.[A-Za-z][A-Za-z0-9]{{1,4}}(?![A-Za-z0-9_])"
)
_ENTRY = re.compile(r"[ \t]*\[(?P<number>\d{1,3})\][ \t]")
_MARK = re.compile(r"\[(\d{1,3})\]")
_AT_LINE = re.compile(
    r"[\s,(]*(?:(?:line|page|p\.|zeile|seite|s\.|línea|linea|página|pág\.|ligne|regel|第)\s*\d+"
    r"\s*[行页]?|:\d+)\)?",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:^|[\s(])(?:as|according to|per|quot(?:e|ing|ed) from|laut|gemäß|nach|wie|aus|según|como"
    r"|conforme a|de acuerdo con|selon|d'après|secondo|segundo|volgens)\s+(?:[^\W\d]+\s+){0,2}$"
    r"|(?:根据|依据|按照|据|如|引自)《?$",
    re.IGNORECASE,
)
_GLUED_BEFORE = re.compile("根据|依据|按照|据|如|引自")
_AFTER = re.compile(
    r"[`*》”\"']*\s*(?:it\s+(?:is\s+)?)?(?:says?|written|states?|reads?|notes|sagt"
    r"|steht|besagt|schreibt|heißt es|dice|indica|establece|dit|indique|zegt|写道|写着"
    r"|说|称|指出|规定|[:：]\s*[\"“„«「])",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«「]([^\"“”„«»「」\n]{8,})[\"”“»」]")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*|[零〇一二三四五六七八九十百千万亿两]+")
_NEAR = 600
"""Characters of a line on either side of a file's name in which words are attributed to it."""
_FEW = 3  # words that say nothing yet: "As fees.txt says:"
_HELD = 0.9
"""More of the words of a sentence without figures stand in a file that says the same."""


class _Lines:
    """The lines of a text outside of code: (start, end), stripped; and what stands on them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []
        self.starts: list[int] = []
        at, fence = 0, ""
        for raw in text.split("\n"):
            start, end = at + len(raw) - len(raw.lstrip()), at + len(raw.rstrip())
            self.starts.append(at)
            at += len(raw) + 1
            mark = _FENCE.match(raw)
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
                start = end
            is_code = fence or raw.startswith(("    ", "\t"))
            self.spans.append((end, end) if is_code or start > end else (start, end))

    def __getitem__(self, i: int) -> str:
        start, end = self.spans[i]
        return self.text[start:end]

    def __len__(self) -> int:
        return len(self.spans)

    def at(self, offset: int) -> int:
        """The number of the line that holds the place ``offset``."""
        return bisect_right(self.starts, offset) - 1

    @cached_property
    def paragraphs(self) -> list[tuple[int, int]]:
        """The first and the last line of each paragraph."""
        full = [i for i in range(len(self)) if self[i]]
        firsts = [i for i in full if not i or not self[i - 1]]
        lasts = [i for i in full if i + 1 == len(self) or not self[i + 1]]
        return list(zip(firsts, lasts, strict=True))

    @cached_property
    def heads(self) -> list[tuple[int, int, str]]:
        """The heads of mails: first line, the one behind the last, and what stands above."""
        heads: list[tuple[int, int, str]] = []
        i = 0
        while i < len(self):
            first, fields = i, set[str]()
            while i < len(self) and (match := _HEADER.match(self[i])):
                fields.add(match["name"].casefold())
                i += 1
            if len(fields) > 2 and fields & _SENDER:
                above = next((self[j] for j in range(first - 1, -1, -1) if self[j]), "")
                heads.append((first, i, above))
            i += i == first
        return heads

    def paragraph(self, i: int) -> tuple[int, int]:
        """The first and the last line of the paragraph that line ``i`` stands in."""
        return self.paragraphs[bisect_right(self.paragraphs, (i, len(self))) - 1]

    def below(self, i: int) -> int:
        """The last line of the paragraph of ``i``; of the next one where ``i`` ends in a colon."""
        at = bisect_right(self.paragraphs, (i, len(self))) - 1
        at += self[i][-1:] in ":：*" and i == self.paragraphs[at][1]
        return self.paragraphs[min(at, len(self.paragraphs) - 1)][1]


@lru_cache(maxsize=64)
def voices(text: str) -> tuple[Voice, ...]:
    """The stretches of ``text`` that are somebody else's words, in order.

    Of those with a ``file`` it is for ``is_held`` to say whether that file holds them.
    """
    if text.startswith(VERBATIM):
        return ()
    lines = _Lines(text)
    found = [*_chats(lines), *_templates(lines), *_mails(lines), *_outputs(lines)]
    found += [*_comments(lines), *_quotations(lines), *_replies(lines)]
    return tuple(sorted(found, key=lambda one: one.start))


def _comments(lines: _Lines) -> Iterator[Voice]:
    text, end = lines.text, 0
    while (start := text.find("<!--", end)) >= 0 and (close := text.find("-->", start)) >= 0:
        end = close + 3
        if lines[lines.at(start)]:
            yield Voice(start, end, "comment")
    for one in _COMMENT.finditer(text):
        if lines[lines.at(one.start())]:
            yield Voice(one.start(), one.end(), "comment")


def _role(label: str) -> str:
    """What a label stands for in a chat: "answers", "asks", or "" for none of its roles."""
    name = " ".join(label.casefold().split())
    return "answers" if name in _ANSWERS else "asks" if name in _ASKS else ""


def _chats(lines: _Lines) -> Iterator[Voice]:
    """Turns of a chat: runs of labelled lines that have no other speaker."""
    yield from _chat_sections(lines)
    labelled = [
        (i, match)
        for i in range(len(lines))
        if (match := _LABELLED.match(lines[i])) and not _HEADER.match(lines[i])
    ]
    names = [match["label"].casefold() for _, match in labelled]
    often = {name for name, times in Counter(names).items() if times > 1}
    at = 0
    while at < len(labelled):
        first = at
        while at < len(labelled) and _role(names[at]):
            at += 1
        run = labelled[first:at]
        beside = [j for j in (first - 1, at) if 0 <= j < len(labelled)]
        if run and not any(
            _converses(lines, labelled[j][0], run, names[j] in often) for j in beside
        ):
            yield from _turns(lines, run)
        elif not run:
            number, match = labelled[at]
            if _ADDRESS.fullmatch(match["label"]) and _WHOLE.search(match["said"]):
                yield _stretch(lines, number, lines.below(number), "chat")
        at += not run


def _converses(
    lines: _Lines, number: int, run: Sequence[tuple[int, re.Match[str]]], recurs: bool
) -> bool:
    """Whether a labelled line beside a run, of no role, is of one list or talk with it."""
    near = run[0][0] if number < run[0][0] else run[-1][0]
    between = range(min(number, near) + 1, max(number, near))
    if all(lines[i] for i in between):
        return True
    return recurs and not any(lines[i] for i in between)


def _turns(lines: _Lines, run: Sequence[tuple[int, re.Match[str]]]) -> Iterator[Voice]:
    roles = [_role(match["label"]) for _, match in run]
    if len(run) > 1 and "answers" in roles:
        yield _stretch(lines, run[0][0], lines.below(run[-1][0]), "chat")
        return
    asked = any(match["said"][-1:] in "?？" for _, match in run if match["said"])
    if len(run) > 1 and not asked:
        return  # "System: Debian 12" and "User: mholt" are of a report
    for number, match in run:
        if not match["said"] or _WHOLE.search(match["said"]):
            yield _stretch(lines, number, lines.below(number), "chat")


def _chat_sections(lines: _Lines) -> Iterator[Voice]:
    """Sections whose headings are a chat's roles, and whose neighbours' headings are too."""
    headings = [(i, match) for i in range(len(lines)) if (match := _ROLE_HEADING.match(lines[i]))]
    roles: dict[str, set[str]] = {}
    for _, match in headings:
        roles.setdefault(match["marks"], set()).add(_role(match["label"]))
    for at, (number, match) in enumerate(headings):
        if "" in roles[match["marks"]] or "answers" not in roles[match["marks"]]:
            continue
        end = headings[at + 1][0] - 1 if at + 1 < len(headings) else len(lines) - 1
        yield _stretch(lines, number, end, "chat")


def _templates(lines: _Lines) -> Iterator[Voice]:
    for i in range(len(lines)):
        if holds_template_token(lines[i]) or _ROLE_JSON.search(lines[i]):
            yield _stretch(lines, *lines.paragraph(i), "chat")


def _mails(lines: _Lines) -> Iterator[Voice]:
    """Mails below the heads that stand amid other text, without a mail program's line above."""
    heads = lines.heads
    for at, (_, end, above) in enumerate(heads):
        if not above:
            return  # the text is a mail itself, and holds what it quotes
        if not _FORWARDS.match(above):
            last = heads[at + 1][0] - 1 if at + 1 < len(heads) else len(lines) - 1
            yield _stretch(lines, end, last, "mail")


def _replies(lines: _Lines) -> Iterator[Voice]:
    """What a mail quotes of earlier ones: marked lines, and all below an earlier mail's head."""
    heads = lines.heads
    is_mail = bool(heads) and not heads[0][2]
    end = len(lines)
    for first, behind, above in heads[1:] if is_mail else ():
        names = (match["name"] for i in range(first, behind) if (match := _HEADER.match(lines[i])))
        if _SENT & {name.casefold() for name in names} or _SEPARATES.match(above):
            yield _stretch(lines, first, len(lines) - 1, "reply")
            end = first
            break
    i = 0
    while i < end:
        first = i
        while i < end and depth(lines[i]):
            i += 1
        if i > first:
            near = next((j for j in range(first - 1, max(first - 3, -1), -1) if lines[j]), 0)
            if is_mail or attribution(lines.text, lines.spans, near):
                yield _stretch(lines, first, i - 1, "reply")
        i += i == first


def _outputs(lines: _Lines) -> Iterator[Voice]:
    """What stands under a line that this program prints, or right above the one that ends it."""
    for i in range(len(lines)):
        if _OUTPUT.fullmatch(lines[i]):
            yield _stretch(lines, lines.paragraph(i)[0], lines.below(i), "output")


def _quotations(lines: _Lines) -> Iterator[Voice]:
    """Words attributed to a file: said to be its, in quotation marks beside it, cited as its."""
    text, cited = lines.text, dict[str, str]()
    for match in _FILE.finditer(text):
        number = lines.at(match.start())
        line, (start, end) = lines[number], lines.spans[number]
        if not line:
            continue
        glued = _GLUED_BEFORE.match(match[0])
        named = match.start() + (glued.end() if glued else 0)
        file = text[named : match.end()]
        before = text[max(start, named - _NEAR) : named]
        after = text[match.end() : min(end, match.end() + _NEAR)]
        entry = _ENTRY.match(line)
        is_cited = _AT_LINE.match(after) or _MARK.search(before)
        if entry or (line[0] == "|" and is_cited):
            if entry:
                cited[entry["number"]] = file
            yield Voice(start, _quoted_below(lines, number), "file", file)
            continue
        sentence = before[_last_end(before) :]
        rest = _END_OF_SENTENCE.search(after)
        until = match.end() + (rest.end() if rest else len(after))
        if _BEFORE.search(sentence) or _AFTER.match(after) or _QUOTED.search(before + after):
            opens = re.search(r"[:：]", after[: until - match.end()])
            if opens or _QUOTED.search(after):
                until = _end_of(lines, lines.below(number))
            yield Voice(named - len(sentence), until, "file", file)
    for mark in _MARK.finditer(text) if cited else ():
        number = lines.at(mark.start())
        start = max(lines.spans[number][0], mark.start() - _NEAR)
        of = cited.get(mark[1])
        if of is not None and start < mark.start() and not _ENTRY.match(lines[number]):
            said = text[start : mark.start()].rstrip(" .!?。！？")
            yield Voice(start + _last_end(said), mark.end(), "file", of)


def _last_end(text: str) -> int:
    return max((one.end() for one in _END_OF_SENTENCE.finditer(text)), default=0)


def _quoted_below(lines: _Lines, number: int) -> int:
    """The end of an entry with the quotation on the line below it, as this program prints them."""
    text, end = lines.text, lines.spans[number][1]
    below = text[end + 1 : (text.find("\n", end + 1) + 1 or len(text) + 1) - 1]
    return end + 1 + len(below) if below.strip()[:1] in tuple('"“„«「') else end


def _end_of(lines: _Lines, last: int) -> int:
    return lines.spans[last][1]


def _stretch(
    lines: _Lines, first: int, last: int, kind: Literal["chat", "mail", "reply", "output"]
) -> Voice:
    return Voice(lines.spans[min(first, len(lines) - 1)][0], _end_of(lines, last), kind)


def is_held(words: str, file: str, text: str) -> bool:
    """Whether ``text``, of the file named so, says the ``words`` that are attributed to it.

    A quotation is looked for letter by letter, its blanks and case aside; what is told in other
    words by its figures, and without any by its words.
    """
    said = words[words.find(file) + len(file) :] if file in words else words
    place = _AT_LINE.match(said) if file in words else None
    said = _MARK.sub(" ", said[place.end() :] if place else said)
    held = _flat(text)
    if quoted := _QUOTED.findall(said):
        return all(_flat(part) in held for one in quoted for part in re.split(r"…|\.\.\.", one))
    if _flat(said) in held:
        return True
    if figures := set(_FIGURE.findall(said)):
        return figures <= set(_FIGURE.findall(text))
    own = terms(_AFTER.sub("", said, count=1))
    if len(own) < _FEW:
        return True
    known = set(terms(text))
    return sum(one in known for one in own) > _HELD * len(own)


def _flat(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
