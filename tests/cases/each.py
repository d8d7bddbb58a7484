"""A file of each format whose answer stands where readers of files lose it, and a question to it.

The files are made here, so that each says where its answer is; ``cranes.xls`` alone is committed,
since nothing that is kept up writes the format.
"""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import docx
import pptx
import xlsxwriter
from pptx.util import Inches

from tests.ingest import made
from tests.ingest.files import Words, paragraph, pdf, repacked

HERE = Path(__file__).parent


class Case(NamedTuple):
    """A question, and the one place that answers it.

    ``path`` may lead into a file ("mail.eml/list.csv"); ``quote`` stands in what is cited there.
    ``page`` and ``line`` count from 1, a line where lines of the text are those of the file;
    ``heading`` is the sheet, chapter or section.
    """

    path: str
    question: str
    quote: str
    page: int | None = None
    line: int | None = None
    heading: str | None = None


def _word() -> bytes:
    """A Word file with a table of merged cells and a footnote."""
    document, out = docx.Document(), io.BytesIO()
    document.add_heading("The hostel", 1)
    document.add_paragraph("Guests of the hostel pay for the night when they arrive.")
    document.add_paragraph("The kitchen is open to all guests until ten.")
    rows = [("Room", "Floor", "Beds"), ("Larch room", "Attic", "6"), ("Spruce room", "", "4")]
    table = document.add_table(rows=3, cols=3)
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, said in zip(cells.cells, row, strict=True):
            cell.text = said
    table.cell(1, 1).merge(table.cell(2, 1))
    document.save(out)
    return with_footnote(
        out.getvalue(), b"when they arrive.", "Walkers without a booking sleep in the barn."
    )


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def with_footnote(word: bytes, behind: bytes, note: str) -> bytes:
    """A Word file with a footnote: python-docx writes none."""
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        body = archive.read("word/document.xml")
        relations = archive.read("word/_rels/document.xml.rels")
        types = archive.read("[Content_Types].xml")
    mark = behind + b'</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>'
    notes = (
        f'<w:footnotes {_W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t> {note}</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    named = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
    led = f'<Relationship Id="rId90" Type="{_KIND}" Target="footnotes.xml"/></Relationships>'
    changes = {
        "word/document.xml": body.replace(behind, mark),
        "word/footnotes.xml": notes.encode(),
        "word/_rels/document.xml.rels": relations.replace(b"</Relationships>", led.encode()),
        "[Content_Types].xml": types.replace(b"</Types>", named.encode()),
    }
    return repacked(word, changes)


def _slides() -> bytes:
    """A presentation: a table on the second slide, and what the speaker says beside it."""
    deck, out = pptx.Presentation(), io.BytesIO()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "The cable car"
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Cabins"
    rows = [("Cabin", "Seats", "Maker"), ("Edelweiss", "24", "Brandl"), ("Gentian", "32", "Rossi")]
    size = (Inches(1), Inches(2), Inches(6), Inches(2))
    table = slide.shapes.add_table(3, 3, *size).table
    for y, row in enumerate(rows):
        for x, said in enumerate(row):
            table.cell(y, x).text = said
    notes = slide.notes_slide.notes_text_frame
    assert notes is not None
    notes.text = "The old cabins were sold to a museum in Trento."
    deck.save(out)
    return out.getvalue()


def _printed() -> bytes:
    """A PDF: two columns and a footnote on its first page, a table on its second."""
    left = [
        "The observatory was built on the ridge above",
        "the village. Its first telescope came by mule",
        "and was mounted before the winter. Visitors",
        "climb the tower on clear nights only.",
    ]
    right = [
        "The dome is turned by a motor from an old",
        "tram of Linz. It was greased every Friday by",
        "the caretaker, who kept the only key until",
        "he retired to the coast.",
    ]
    first = [Words(72, 740, "The observatory", 18)]
    first += paragraph(700, left, 10) + paragraph(700, right, 10, 330)
    first += [Words(72, 120, "1 The tower is closed to children under six.", 7.5)]
    rows = [("Telescope", "Aperture", "Owner"), ("Refractor", "18 cm", "the village")]
    rows += [("Reflector", "41 cm", "the university")]
    second = [Words(72, 740, "Instruments lent to the observatory", 14)]
    for y, row in enumerate(rows):
        second += [
            Words(x, 700 - 16 * y, said, 10) for x, said in zip((72, 220, 360), row, strict=True)
        ]
    return pdf([first, second])


def _counted() -> bytes:
    """A workbook whose second sheet holds a formula and the value that it came to."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Stores")
        sheet.write_row(0, 0, ["Store", "Keeper"])
        sheet.write_row(1, 0, ["Oil store", "Jonas Beck"])
        sheet = book.add_worksheet("Fuel")
        for y, row in enumerate([["Vehicle", "Litres"], ["Snowplough", 340], ["Digger", 215]]):
            sheet.write_row(y, 0, row)
        sheet.write(3, 0, "All vehicles")
        sheet.write_formula(3, 1, "=SUM(B2:B3)", None, 555)
    return out.getvalue()


def _record(kind: int, data: bytes = b"") -> bytes:
    """A record of a binary workbook: its kind and length, seven bits a byte."""

    def bits(value: int) -> bytes:
        low, rest = value & 0x7F, value >> 7
        return bytes([low | 0x80]) + bits(rest) if rest else bytes([low])

    return bits(kind) + bits(len(data)) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _binary(name: str, rows: Sequence[Sequence[str | float]]) -> bytes:
    """A binary workbook (.xlsb) of one sheet, as [MS-XLSB] has it, without styles."""
    sheet = _record(129)
    sheet += _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + _record(145)
    for y, row in enumerate(rows):
        sheet += _record(0, struct.pack("<IIHHBI", y, 0, 300, 0, 0, 0))
        for x, cell in enumerate(row):
            at = struct.pack("<II", x, 0)
            if isinstance(cell, str):
                sheet += _record(6, at + _wide(cell))
            else:
                sheet += _record(5, at + struct.pack("<d", cell))
    sheet += _record(146) + _record(130)
    bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name)
    book = _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return made.zipped(
        {
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": relations,
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def _rows(rows: Sequence[Sequence[str]]) -> str:
    """Rows of an OpenDocument table; a cell "^" is covered by the one above it."""
    out = ""
    for y, row in enumerate(rows):
        out += "<table:table-row>"
        for x, said in enumerate(row):
            below = y + 1 < len(rows) and rows[y + 1][x] == "^"
            spans = ' table:number-rows-spanned="2" table:number-columns-spanned="1"'
            tag = "covered-table-cell" if said == "^" else "table-cell"
            shown = "" if said == "^" else f"<text:p>{said}</text:p>"
            kind = ' office:value-type="string"' if shown else ""
            out += f"<table:{tag}{kind}{spans if below else ''}>{shown}</table:{tag}>"
        out += "</table:table-row>"
    return out


_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_BERTHS = [
    ("Berth", "Pier", "Length"),
    ("Berth 7", "North pier", "12 m"),
    ("Berth 8", "^", "18 m"),
]
_ODS = f'<office:spreadsheet><table:table table:name="Berths">{_rows(_BERTHS)}</table:table>'
_ODT = (
    '<office:text><text:h text:outline-level="1">The bakery</text:h><text:p>The bakery sells bread'
    ' from six.<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    "<text:note-body><text:p>On Sundays the bakery opens at half past eight.</text:p>"
    "</text:note-body></text:note></text:p><text:p>Its oven burns beech wood.</text:p>"
    "</office:text>"
)
_BOX = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
_PAGE = "<draw:page>" + _BOX + "</draw:page>"
_ODP = (
    "<office:presentation>"
    + _PAGE.format("The brass band plays for the town.")
    + _PAGE.format("The brass band rehearses in the fire station.")
    + "</office:presentation>"
)
_RTF = (
    rb"{\rtf1\ansi\ansicpg1252 The sauna is heated with birch.\par "
    rb"\trowd\cellx2000\cellx4000 Day\intbl\cell Sauna for\intbl\cell\row "
    rb"\trowd\cellx2000\cellx4000 Tuesday\intbl\cell Women\intbl\cell\row "
    rb"\trowd\cellx2000\cellx4000 Thursday\intbl\cell M\'e4nner und Frauen\intbl\cell\row "
    rb"\pard The sauna closes at ten.\par}"
)
_TEX = r"""\documentclass{article}
\begin{document}
\section{The glacier}
The glacier lost nine metres last year.\footnote{Measured at the \emph{upper} stake by Ines Cotti.}
It feeds two lakes.
\begin{tabular}{ll}
Lake & Depth \\ \hline
Upper lake & 14 m \\
Lower lake & 31 m \\
\end{tabular}
\end{document}
"""
_ADOC = """= The library
:author: Nora Lind

The library lends books for four weeks.

.Fines
|===
|Item |Fine a day

|Book |2 crowns
|Board game |5 crowns
|===
"""
_ORG = """#+TITLE: The orchard
* Trees
** TODO Prune the pears
| Tree   | Planted by |
|--------+------------|
| Quince | Edda Roth  |
| Medlar | Paul Kern  |
"""
_LOG = """2024-03-05 06:00:01 INFO pump-2 started
2024-03-05 06:14:37 ERROR pump-2 stopped: bearing temperature 96 C
2024-03-05 06:20:00 INFO pump-3 started
"""
_YAML = """# settings of the greenhouse
greenhouse:
  heating:
    night_temperature: 14
  vents:
    # The vents of the greenhouse open later than the usual 24 because the seedlings
    # do not stand a draught.
    open_above: 27
"""
_TOML = """[brewery]
name = "Brewery"

[brewery.kettle]
boil_minutes = 75
"""
_INI = """[weighbridge]
; the weighbridge at the gate
max_load_tonnes = 44
port = COM3
"""
_PY = '''"""Tickets of the ferry."""

# Dogs travel on the ferry at half fare.
DOG_FARE = 0.5


def fare(crowns: float, dogs: int) -> float:
    """What a passenger with dogs pays."""
    return crowns * (1 + DOG_FARE * dogs)
'''
_HTML = """<title>The swimming pool</title><nav>Home</nav><main><h1>The swimming pool</h1>
<table><tr><th>Pool<th>Lane<th>Water</tr><tr><td>Outdoor pool<td rowspan=2>50 m<td>22 degrees</tr>
<tr><td>Diving pool<td>27 degrees</tr></table></main>"""
_MD = """# The dairy

The dairy makes three cheeses.

To clean the separator of the dairy, run:

```
separator --rinse --minutes 12
```

The cellar is cold.[^1]

[^1]: The cellar of the dairy was cut into the rock in 1911.
"""
_RST = """The smithy
==========

The smithy shoes horses.

======  =========
Metal   Forged at
======  =========
Copper  900 degrees
Iron    1250 degrees
======  =========
"""
_TXT = """The ski lift

lift        opened  metres
Old lift      1962     810
Forest lift   1998    1340
Ridge lift    2011    2065
"""
_NOTEBOOK = [
    ("markdown", "# The beehives", ""),
    ("code", "print(hives.honey.sum())", "honey of all beehives in kg: 318"),
]
_CHAPTERS = [
    "<h1>The lock keeper</h1><p>The lock keeper rowed out at dawn.</p>",
    "<h1>The flood</h1><p>That night Mathilda hid the ledger under the mill wheel.</p>",
]
_MAIL = "Dear all,\n\nthe prices of the timber yard are attached.\n"
_CSV = "Holz;Preis je m³;Lager\nLärche;412;Halle 3\nEiche;690;Halle 5\n"
_TSV = "Gate\tGuard\tPhone\nRiver gate\tOla Brandt\t4417\nHill gate\tSiv Moe\t4420\n"
_JSON = (
    '{"mine": {"shafts": [{"name": "Barbara", "depth_m": 412}, {"name": "Anna", "depth_m": 96}]}}'
)
_JSONL = '{"bus": 12, "terminus": "Quarry"}\n{"bus": 14, "terminus": "Cemetery"}\n'
_BOX_MAILS = [
    made.mail("Choir", "The choir sings on Monday."),
    made.mail("Choir trip", "The choir travels to Riga in a hired coach."),
]

FILES: Mapping[str, bytes] = {
    "barges.xlsx": made.workbook(
        {
            "Barges": [
                ["Barge", "River", "Built"],
                ["Kestrel", "Elbe", date(2011, 4, 2)],
                ["Merlin", None, date(2015, 9, 30)],
            ],
            "Costs (hidden)": [["Barge", "Yearly cost"], ["Merlin", 71250]],
        },
        merged="B2:B3",
    ),
    "fuel.xlsm": _counted(),
    "organ.xlsb": _binary("Stops", [["Organ stop", "Pipes"], ["Gamba", 54.0], ["Trumpet", 61.0]]),
    "cranes.xls": (HERE / "documents" / "cranes.xls").read_bytes(),
    "berths.ods": made.opendocument(_ODS + "</office:spreadsheet>", _MIME),
    "hostel.docx": _word(),
    "cable-car.pptx": _slides(),
    "observatory.pdf": _printed(),
    "bakery.odt": made.opendocument(_ODT),
    "band.odp": made.opendocument(_ODP),
    "sauna.rtf": _RTF,
    "mill.epub": made.book(_CHAPTERS),
    "hives.ipynb": made.notebook(_NOTEBOOK),
    "timber.eml": made.mail("Timber yard", _MAIL, {"prices.csv": _CSV.encode("cp1252")}),
    "choir.mbox": made.mailbox(_BOX_MAILS),
    "gates.msg": made.outlook(
        "Gates", "The guards are attached.", {"g.tsv": (_TSV + "\n" * 4096).encode()}
    ),
    "lighthouse.zip": made.zipped(
        {"a/keeper.txt": "The lighthouse has a new lamp. Its lens was ground in Jena."}
    ),
    "glacier.tex": _TEX.encode(),
    "library.adoc": _ADOC.encode(),
    "orchard.org": _ORG.encode(),
    "pumps.log": _LOG.encode(),
    "greenhouse.yaml": _YAML.encode(),
    "brewery.toml": _TOML.encode(),
    "weighbridge.ini": _INI.encode(),
    "ferry.py": _PY.encode(),
    "pool.html": _HTML.encode(),
    "dairy.md": _MD.encode(),
    "smithy.rst": _RST.encode(),
    "lift.txt": _TXT.encode(),
    "mine.json": _JSON.encode(),
    "buses.jsonl": _JSONL.encode(),
}

CASES = [
    Case("barges.xlsx", "On which river does the Merlin sail?", "River: Elbe", heading="Barges"),
    Case(
        "barges.xlsx",
        "What is the yearly cost of the Merlin?",
        "Yearly cost: 71250",
        heading="Costs (hidden sheet)",
    ),
    Case("fuel.xlsm", "How many litres did all vehicles use?", "Litres: 555", heading="Fuel"),
    Case("organ.xlsb", "How many pipes has the Gamba?", "Pipes: 54", heading="Stops"),
    Case("cranes.xls", "On which quay is the crane Samson?", "Quay: East quay", heading="Cranes"),
    Case("cranes.xls", "When was the crane Atlas inspected?", "Inspected: 2024-01-30"),
    Case("berths.ods", "On which pier is berth 8?", "Pier: North pier", heading="Berths"),
    Case("hostel.docx", "Where do walkers without a booking sleep?", "in the barn"),
    Case("hostel.docx", "On which floor is the Spruce room?", "Spruce room | Attic | 4"),
    Case("cable-car.pptx", "Who made the cabin Gentian?", "Gentian | 32 | Rossi", page=2),
    Case("cable-car.pptx", "To whom were the old cabins sold?", "a museum in Trento", page=2),
    Case("observatory.pdf", "What turns the dome of the observatory?", "a motor from an old", 1),
    Case("observatory.pdf", "For whom is the tower closed?", "children under six", 1),
    Case("observatory.pdf", "Who owns the reflector?", "Reflector | 41 cm | the university", 2),
    Case("bakery.odt", "When does the bakery open on Sundays?", "half past eight"),
    Case("band.odp", "Where does the brass band rehearse?", "in the fire station", page=2),
    Case("sauna.rtf", "Who has the sauna on Thursday?", "Männer und Frauen"),
    Case("mill.epub", "Where did Mathilda hide the ledger?", "under the mill", heading="The flood"),
    Case("hives.ipynb", "How much honey did all beehives give?", "in kg: 318"),
    Case("timber.eml/prices.csv", "What is the Preis je m³ of Lärche?", "412"),
    Case("choir.mbox/2.eml", "How does the choir travel to Riga?", "in a hired coach"),
    Case("gates.msg/g.tsv", "Who is the guard of the Hill gate?", "Guard: Siv Moe"),
    Case("lighthouse.zip/a/keeper.txt", "Where was the lens of the lighthouse ground?", "in Jena"),
    Case("glacier.tex", "Who measured the glacier?", "by Ines Cotti", line=4),
    Case("glacier.tex", "How deep is the lower lake?", "Lower lake; Depth: 31 m", line=9),
    Case("library.adoc", "What is the fine a day for a board game?", "5 crowns", line=11),
    Case("orchard.org", "Who planted the medlar?", "Paul Kern", line=7),
    Case("pumps.log", "Why did pump-2 stop?", "bearing temperature 96 C", line=2),
    Case("greenhouse.yaml", "What is the night temperature of the greenhouse?", "14", line=4),
    Case("greenhouse.yaml", "Why do the vents of the greenhouse open later?", "draught", line=6),
    Case("brewery.toml", "How many boil minutes has the kettle of the brewery?", "75", line=5),
    Case("weighbridge.ini", "What is the max load of the weighbridge?", "44", line=3),
    Case("ferry.py", "What do dogs pay on the ferry?", "at half fare", line=3),
    Case("pool.html", "How long is the lane of the diving pool?", "50 m | 27 degrees"),
    Case("dairy.md", "How is the separator of the dairy cleaned?", "separator --rinse", line=8),
    Case("dairy.md", "When was the cellar of the dairy cut into the rock?", "in 1911", line=13),
    Case("smithy.rst", "At how many degrees is iron forged?", "1250 degrees", line=10),
    Case("lift.txt", "How many metres has the forest lift?", "1340", line=5),
    Case("mine.json", "How deep is the shaft Barbara?", "412"),
    Case("buses.jsonl", "What is the terminus of bus 14?", "Cemetery"),
]


def lay_out(folder: Path) -> None:
    """Write the files into ``folder``."""
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
