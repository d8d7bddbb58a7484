"""Words that stand for each other when a question is matched to a sentence.

Stemming joins "invented" and "inventor" but not "wrote" and "written", nor "filmed" and
"shot".  The first list holds irregular forms of English (one word for the matcher); the
second, words that questions and statements about the same fact use in each other's place.
"""

from functools import lru_cache

from qa.text import term

_FORMS = """
arise arose arisen|awake awoke awoken|bear bore born borne|beat beaten|become became|begin began
begun|bend bent|bind bound|bite bit bitten|blow blew blown|break broke broken|breed bred|bring
brought|build built|buy bought|catch caught|choose chose chosen|come came|deal dealt|die dying
dead death|dig dug|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell
fallen|feed fed|feel felt|fight fought|find found|flee fled|fly flew flown flight|forbid forbade
forbidden|forget forgot forgotten|freeze froze frozen|get got gotten|give gave given|go went
gone|grow grew grown growth|hang hung|hear heard|hide hid hidden|hold held|keep kept|know knew
known|lay laid|lead led|leave left|lend lent|lie lay lain|lose lost loss|make made|mean meant|meet
met|pay paid|ride rode ridden|ring rang rung|rise rose risen|run ran|say said|see saw seen|seek
sought|sell sold sale|send sent|shake shook shaken|shine shone|shoot shot|sing sang sung
song|sink sank sunk|sit sat|speak spoke spoken speech|spend spent|spread|stand stood|steal stole
stolen|strike struck|swear swore sworn|swim swam swum|take took taken|teach taught|tear tore
torn|tell told|think thought|throw threw thrown|understand understood|wake woke woken|wear wore
worn|win won|write wrote written|man men|woman women|child children|foot feet|tooth teeth|person
people|life lives|wife wives|analysis analyses|crisis crises|thesis theses|phenomenon
phenomena|criterion criteria|nucleus nuclei|high height|long length|wide width|deep depth|strong
strength|old age|weigh weight|grow growth|choose choice|prove proof|lose loss|believe
belief|succeed success|marry marriage|fail failure|arrive arrival|destroy destruction|receive
reception|describe description|produce production|explain explanation|poor poverty
"""
_NEAR = """
found establish start create form launch begin origin|invent develop create devise discover
introduce|write author compose pen|sing perform record vocal singer artist|film shoot location
set|play portray star cast role actor voice|locate situate lie site|headquarter base seat|die kill
death|birth born|begin start commence open launch|end finish conclude close final last|build
construct erect complete|make produce manufacture create|win victory champion defeat beat|lose
defeat|buy acquire purchase takeover|own belong possess|sell market distribute|lead head rule
govern chair command|leader head chief president chairman director|call name know title
term|big large great huge|biggest largest|small little|main primary major chief principal
important key|important significant vital|job work profession occupation|movie film
picture|show series program programme|book novel|cost price worth pay|country nation
state|town city|begin beginning origin|cause lead result due reason|use utilize employ
purpose|purpose goal aim objective function|function role serve|need require necessary|help
assist aid support|stop prevent halt cease|increase grow rise|decrease fall decline drop
reduce|get obtain receive gain acquire|give provide supply grant award|show display
exhibit|show demonstrate prove|contain include consist comprise compose|consist made make|part
component element piece|live reside inhabit dwell home|happen occur take|choose select pick
elect appoint|elect vote election|leave depart exit|join enter member|attack raid invade
assault|fight battle war|kill murder execute|allow permit let enable|forbid ban prohibit|believe
think consider hold view|say claim state argue assert|teach instruct professor|study learn
research|student pupil|school college|think idea theory|belief religion|rich
wealthy|money fund finance|partner partnership alliance collaborate cooperate|company firm
corporation business|worker employee staff|boss manager|doctor physician|ill sick
disease illness|area region zone|border boundary|near close adjacent|name title|come release
premiere air debut|episode season series|host present presenter|design architect
designer|fast quick speed rapid|type kind form|measure unit|amount number quantity|percent
percentage proportion share|total overall|whole entire|usual typical common normal|rare
uncommon|first original earliest|new recent modern|former previous old|current present
now|different differ distinct|similar like same alike|average mean|separate divide split|connect
link join|change alter modify|move migrate relocate|travel journey trip|return back|reject
refuse deny|agree accept|try attempt|damage destroy harm|protect defend guard|announce declare
reveal|sign agreement treaty deal|married wife husband spouse|father son daughter mother
parent child|car vehicle automobile auto automotive|ship vessel boat|plane aircraft airplane|revenue
turnover sales income takings|money cost spend pay price|fee price charge ticket cost|salary pay
wage income|goal target aim hope plan intend expect|attend present participate take|absent
missing apologies|replace succeed successor follow|staff payroll workforce employ employee
personnel|visitor guest tourist|logistics transport freight shipping haulage|
headquarter office seat|launch introduce unveil release bring|product model item good|
manufacturer maker producer|supply supplier deliver source|customer client buyer|opponent rival
competitor|profit earn surplus|proposal propose suggest|reopen open|collaborate work partner
"""
_LIGHT = """
come go get use make do take give put say call work happen have want like let become keep hold
look seem try turn allow mean need involve include set plan able way case part main supposed
currently now new still really actually finally eventually originally exactly specific certain
particular typically usually generally often well called said says about around per via
information fact detail sort
"""


def _groups(listing: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in " ".join(listing.split()).split("|"):
        members = {stem for word in line.split() if (stem := term(word)) is not None}
        for one in members:
            found.setdefault(one, set()).update(members - {one})
    return {one: frozenset(others) for one, others in found.items()}


@lru_cache(maxsize=1)
def forms() -> dict[str, frozenset[str]]:
    """For a term, the terms of its other irregular forms."""
    return _groups(_FORMS)


@lru_cache(maxsize=1)
def near() -> dict[str, frozenset[str]]:
    """For a term, terms that speak of nearly the same."""
    return _groups(_NEAR)


@lru_cache(maxsize=1)
def light() -> frozenset[str]:
    """Terms that say little of what a question asks."""
    found = {stem for word in _LIGHT.split() if (stem := term(word)) is not None}
    return frozenset(found.union(*(forms().get(one, frozenset()) for one in found)))
