"""Fixed phrases that a reader sees, one wording for each."""

REFUSAL = "The documents do not answer this."
"""``Answer.reason`` of a refusal, whichever engine refused."""

ABSENT = "None of them mentions {words}."
"""Added to a refusal where words of the question stand in no document."""

NEAR_MISS = "They mention {words}, but what was found does not say this."
"""Added to a refusal where the question's subject occurs, and the thing asked does not."""

NEAR_MISS_OF = "They mention {words}, but nothing found there mentions {asked}."
"""The same where the passages found hold no word for what is asked."""

TURNED = "What was found says the reverse."
"""Added to a refusal where who did it to whom is the other way round in the source."""

ORDINAL = "What was found speaks of {others}, and of no “{asked}”."
"""Added to a refusal where the sources number what is asked for otherwise."""

OTHER_MONTH = "What was found speaks of {said}, not of {asked}."
"""The same where a month is asked about, and the sentence found is of another one."""

UNSPELLED = "They mention “{short}”, but nothing found spells it out."
"""Added to a refusal where an acronym is used and never explained."""

TAKEN_FOR = "“{typed}” was taken for “{taken}”."
"""A note where a misspelt word of the question was read as one of the documents."""

UNANSWERED = "Nothing was found for “{part}”."
"""A note where one part of a compound question was answered and this one was not."""
EMPTY = (
    "There is nothing to answer from: no document in {place!r} can be read (qa sources lists what"
    " was skipped, and why)."
)
"""Why every question is refused where the folder, or the shared library, holds nothing."""

NOT_YET = "No document is known to have been published by {day}."
AS_OF = "As of {day}: {known} of {all} documents were looked at"
UNDATED = "; {count} left out because {their} date is not known (qa sources --set-date gives one)"

LISTED = "{found} found in {passages}; {others} were read and named no further one."
"""A note on a list, which was read for until a step of the search added nothing."""

LISTED_WHOLE = (
    "{found} found in {passages}; {others}, all that the documents hold, named no further one."
)
"""The same where every passage of the documents was read."""

LISTED_ALL = "{found} found in {passages}; no other passage was found."
"""The same where every passage that was read names a member."""

STATED = "The documents speak of “{phrase}”: some may not have been found."
"""Added to it where a sentence counts more members than were found."""

ACROSS = "Question and documents are in different languages: quotes were chosen by meaning alone."
"""A note where no word of the question could be looked for in the documents."""

CUT = "{left} further sentences that name members are not shown."
"""Added to it where the list is longer than is shown."""

DISAGREE = "The sources disagree: “{one}” [1] against “{other}” [2]."
"""A note where two sentences give different answers, which are shown side by side."""

NEWER_FIRST = "The newer document is shown first."
NEWER_UNKNOWN = "Which of the documents is newer is not known."
ONE_SOURCE = "Both stand in one document."

READ_AS = "“{text}” was read as {time}."
"""A note on what a question's own words of time mean."""

NOT_THEN = "What was found does not speak of the time asked for, {time}."
"""A note where an answer's sentences are of another time, or of none that is known."""

EARLIER = "[{old}] is earlier ({was}) than [{new}] ({now})."
"""A note where the later of two documents leads."""

NO_CHANGES = "No document tells of anything new {since} {day}."
"""Why "what changed since ..." is refused."""

MORE_CHANGES = "{count} more sentences tell of changes since then; name a subject to narrow it."
"""A note below the newest changes."""

SUBJECT = "The sentence does not name “{name}”; its document opens with it."
"""A note where what a question is about stands only at the head of the document."""

WHEN = "“{text}” is {time}."
"""A note under an answer to a question when, where its sentence says it relatively."""
