"""What can be typed in a conversation besides questions: ``/help`` and its likes."""

import base64
import sys
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from qa.errors import UsageError
from qa.fronts import render, why, why_not
from qa.fronts.chat import saved
from qa.fronts.chat.conversation import Conversation
from qa.fronts.chat.markdown import to_markdown
from qa.fronts.cli.dates import parse_day, set_dates
from qa.fronts.freshness import progress_bar, report_text, say_skipped
from qa.fronts.lines import BLANK, Line, Piece, plain

_DIGITS = 9  # of a citation's number


class Command(NamedTuple):
    """A command: what it takes (for the reader), what it does, and the function that does it."""

    takes: str
    help: str
    run: Callable[[Conversation, str], None]


def run(conversation: Conversation, line: str) -> None:
    """Do what ``line``, which begins with "/", says; UsageError for an unknown command."""
    name, _, argument = line[1:].partition(" ")
    command = COMMANDS.get(name)
    if command is None:
        near = get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean /{near[0]}?" if near else "/help lists the commands"
        raise UsageError(
            f"there is no command {'/' + name!r}; {hint}"
            " (a question that begins with / takes a blank before it)"
        )
    argument = argument.strip()
    if argument and not command.takes:
        raise UsageError(f"/{name} takes nothing behind it")
    if not argument and command.takes.isupper():
        raise UsageError(f"/{name} needs {command.takes}: {command.help.lower()}")
    command.run(conversation, argument)


def _help(conversation: Conversation, _argument: str) -> None:
    conversation.screen.print(_help_lines())


def _help_lines() -> Iterator[Line]:
    width = max(len(f"/{name} {one.takes}") for name, one in COMMANDS.items())
    for name, one in COMMANDS.items():
        yield Line((Piece(f"{f'/{name} {one.takes}':<{width}}  ", "bold"), Piece(one.help)))
    yield BLANK
    for keys, what in _KEYS:
        yield Line((Piece(f"{keys:<{width}}  ", "bold"), Piece(what)))


_KEYS = (
    ("Enter, Alt-Enter", "Send; begin a new line"),
    ("Up, Ctrl-R", "What was typed before; search in it"),
    ("Tab", "Complete a command or a document's name"),
    ("Ctrl-C, Ctrl-D", "Stop the answer; leave"),
)


def _sources(conversation: Conversation, argument: str) -> None:
    conversation.freshen()
    found = [
        source
        for source in conversation.assistant.sources()
        if argument.casefold() in f"{source.path} {source.title or ''}".casefold()
    ]
    if argument and not found:
        raise UsageError(f"no document's name or title holds {argument!r}")
    lines = list(render.source_lines(found))
    if conversation.screen.is_rich and len(lines) > conversation.screen.console.height:
        conversation.screen.page(lines)
    else:
        conversation.screen.print(lines)


def _open(conversation: Conversation, argument: str) -> None:
    digits = argument.strip("[]")
    if not digits.isdecimal() or len(digits) > _DIGITS:
        raise UsageError(f"/open takes the number of a citation, not {argument!r}")
    citation = conversation.citation(int(digits))
    text, remark = conversation.cited_text(citation)
    if remark:
        conversation.screen.tell(remark, "bold")
    lines = list(render.text_lines(text, (citation.start, citation.end)))
    conversation.screen.page(lines, text.count("\n", 0, citation.start))


def _why(conversation: Conversation, _argument: str) -> None:
    conversation.screen.print(why.why_lines(conversation.last()))


def _why_not(conversation: Conversation, argument: str) -> None:
    answer = conversation.last()
    conversation.screen.print(why_not.why_not_lines(conversation.assistant, answer, argument))


def _search(conversation: Conversation, argument: str) -> None:
    conversation.freshen()
    found = conversation.assistant.search(
        argument, as_of=conversation.as_of, today=conversation.today
    )
    conversation.screen.print(render.hit_lines(found))


def _set_date(conversation: Conversation, argument: str) -> None:
    _show_dated(conversation, set_dates(conversation.assistant, [argument], []))


def _clear_date(conversation: Conversation, argument: str) -> None:
    _show_dated(conversation, set_dates(conversation.assistant, [], [argument]))


def _show_dated(conversation: Conversation, given: Collection[str]) -> None:
    found = [one for one in conversation.assistant.sources() if one.path in given]
    conversation.screen.print(render.source_lines(found))


def _as_of(conversation: Conversation, argument: str) -> None:
    if argument:
        conversation.as_of = None if argument == "off" else parse_day(argument)
    day = conversation.as_of
    conversation.screen.tell(
        f"Answers are as of {day}; /as-of off takes it back"
        if day
        else "Everything answers; /as-of DATE leaves only what was published by then"
    )


def _engine(conversation: Conversation, argument: str) -> None:
    if argument:
        if argument not in ("auto", "extractive", "llm"):
            raise UsageError(f"{argument!r} is no engine; /engine takes auto, extractive or llm")
        conversation.use(engine=argument)
    conversation.screen.tell(f"Answers come from: {conversation.assistant.engine}")


def _model(conversation: Conversation, argument: str) -> None:
    if argument:
        conversation.use(model=argument, engine="llm")
    model = conversation.assistant.settings.model
    conversation.screen.tell(f"Model: {model}" if model else "No model is named; /model NAME")


def _again(conversation: Conversation, _argument: str) -> None:
    answer = conversation.last()
    if answer.engine != "extractive":
        other = conversation.other(engine="extractive")
    elif conversation.assistant.settings.model:
        other = conversation.other(engine="llm")
    else:
        raise UsageError("there is no other engine: no model is named; name one: /model NAME")
    conversation.ask(answer.answered_question, other)


def _save(conversation: Conversation, argument: str) -> None:
    conversation.last()
    path = _path(argument)
    writers = {".md": to_markdown, ".json": saved.to_text}
    if path.suffix not in writers:
        raise UsageError(f"{argument!r} ends neither in .md nor in .json")
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(writers[path.suffix](conversation.answers))
    except FileExistsError as error:
        raise UsageError(f"{argument!r} is there already; choose another name") from error
    except OSError as error:
        raise UsageError(f"{argument!r} cannot be written: {error.strerror}") from error
    conversation.screen.tell(f"Saved {len(conversation.answers)} answers in {argument!r}.")


def _proof(conversation: Conversation, argument: str) -> None:
    from qa.proof.pack import check_new, write

    answer = conversation.last()
    path = _path(argument)
    check_new(path)
    assistant = conversation.answered_by
    write(assistant.prove(answer, conversation.answers[:-1]), path, assistant.settings.documents)
    conversation.screen.tell(f"Wrote the proof {argument!r}; qa verify checks it again.")


def _path(argument: str) -> Path:
    """The path that is meant; UsageError for what can be none."""
    if "\0" in argument:
        raise UsageError(f"{argument!r} can be no path: it holds a NUL")
    try:
        return Path(argument).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{argument!r} can be no path: there is no such user") from error


def _copy(conversation: Conversation, _argument: str) -> None:
    text = plain(render.answer_lines(conversation.last()))
    if not conversation.screen.is_rich:
        raise UsageError("/copy needs a terminal with a clipboard; /save FILE.md writes a file")
    # OSC 52: the terminal itself takes it, also over ssh.
    sys.stdout.write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
    sys.stdout.flush()
    conversation.screen.tell("Sent to the terminal's clipboard, where it has one.")


def _clear(conversation: Conversation, _argument: str) -> None:
    conversation.forget()
    conversation.screen.tell("Forgotten. The next question stands on its own.")


def _resume(conversation: Conversation, argument: str) -> None:
    kept = {path.stem: path for path in saved.kept(conversation.folder)}
    kept.pop(conversation.name, None)
    if argument:
        path = kept.get(argument) or _path(argument)
    elif kept:
        path = next(iter(kept.values()))
    else:
        raise UsageError("no earlier conversation is kept for these documents")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"conversation {str(path)!r} cannot be read: {error}") from error
    answers = saved.from_text(text, str(path))
    conversation.resume(answers)
    for answer in answers:
        conversation.screen.tell(f"> {answer.question}", "bold")
        conversation.screen.print(render.answer_lines(answer))
    count = "1 answer" if len(answers) == 1 else f"{len(answers)} answers"
    conversation.screen.tell(f"Resumed {path.stem}: {count}.")


def _ingest(conversation: Conversation, argument: str) -> None:
    if argument not in ("", "--rebuild"):
        raise UsageError(f"/ingest takes nothing or --rebuild, not {argument!r}")
    conversation.preparation.wait()
    with progress_bar() as progress:
        report = conversation.assistant.sync(
            rebuild=bool(argument), purpose="qa chat", progress=progress
        )
    conversation.screen.tell(report_text(report))
    say_skipped(list(report.skipped))


def _quit(conversation: Conversation, _argument: str) -> None:
    conversation.is_over = True


COMMANDS = {
    "help": Command("", "List the commands and keys", _help),
    "sources": Command("[word]", "List the documents, or those whose name holds WORD", _sources),
    "open": Command("N", "Open the document at citation [N]", _open),
    "why": Command("", "Show how the last answer came about", _why),
    "why-not": Command("PHRASE", "Show where sentences with PHRASE were lost", _why_not),
    "search": Command("WORDS", "Show the passages found for WORDS", _search),
    "set-date": Command("PATH=DATE", "Say when a document was written", _set_date),
    "clear-date": Command("PATH", "Go back to the date that the document says", _clear_date),
    "as-of": Command(
        "[date]", "Answer as if only what was published by DATE were known; off", _as_of
    ),
    "engine": Command("[name]", "Show or choose the engine: auto, extractive, llm", _engine),
    "model": Command("[name]", "Show or choose the model", _model),
    "again": Command("", "Ask the last question again, of the other engine", _again),
    "save": Command("FILE", "Save the conversation as .md or .json", _save),
    "proof": Command(
        "FILE", "Write the last answer as a proof: .json, or .zip with what it cites", _proof
    ),
    "copy": Command("", "Copy the last answer to the clipboard", _copy),
    "clear": Command("", "Forget this conversation", _clear),
    "resume": Command("[name]", "Go on with an earlier conversation", _resume),
    "ingest": Command("[--rebuild]", "Bring the library up to date now", _ingest),
    "quit": Command("", "Leave", _quit),
}
