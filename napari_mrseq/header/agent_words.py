"""How a contrast agent is given and denied, in the languages of the world: regular expressions.

They match plain text (see `plain`), but for the signs, which match it as it was typed.
"""

from __future__ import annotations

from napari_mrseq.header.plain import PLANES

# What denies an agent in front of it and behind it, what does behind it or alone in its tag, and
# what does wherever it stands in a description.
NEGATION = (
    r"none|nil|not|nicht|kein\w*|aucun|ningun\w*|nessun\w*|geen|ingen|ikke|ej|ei|nie|brak|yok"
)
ANSWER_NO = r"off(?! ?label)|false|n a|nein"
LACKING = (
    r"w ?o|w ?out|without|before|ohne|sans|senza|zonder|uten|uden|utan|bez|brez|fara|nelkul|ilman"
    r"|avant(?! (?:bras|pied))|prima|antes|inainte|przed|ennen|tanpa|tnp|sebelum|bina"
)
WITHOUT_ONE = rf"{LACKING}|plain|un ?enhanced|nati+[fv]\w*|natywn\w*"
NO_DOSE = r"(?<!\d )\b0( 0+)? ?(ml|cc|mmol)\b"
# What people and scanners write in the agent's tag where they didn't know.
NOT_KNOWN = ("", "unknown")
# And when there was none: "N", "W/O CONTRAST", "None given". "LOT NO 1234" and "no reaction" deny
# nothing.
NONE_GIVEN = (
    rf"^({NEGATION}|{ANSWER_NO}|{WITHOUT_ONE})\b"
    r"|^(no(?! \d)|non(?! ionic)|sin|sem|pre(?! ?(fill|mix|load)))\b"
    rf"|\b(no|without|ohne|{NEGATION}) (iv )?(contrast|kontrast\w*|km|agent|gad\w*|gd)\b(?! reac)"
    rf"|\b(contrast|kontrast\w*|km|agent|gad\w*|gd) (no|{NEGATION}|{ANSWER_NO})$"
    r"|\bnot (given|used|needed|admin\w*|inj\w*)$"
    rf"|^(na?|0( 0+)?)$|{NO_DOSE}"
)
# Agents of magnetic resonance by substance and trade name.
SUBSTANCES = (
    r"gd|gad|gado\w*|gadavist|dotarem|clariscan|magnevist|omniscan|pro ?hance|multi ?hance"
    r"|vueway|elucirem|eob|primovist|eovist"
)
# What is swallowed, calms the bowel, works on the heart, or only rinses the vein.
NO_AGENT_ITSELF = (
    r"\b(oral\w*|per os|po$|rectal\w*|barium|mannit\w*|water|wasser|buscopan|hyoscin\w*"
    r"|glucagon\w*|adenosin\w*|regadenoson|saline|nacl)\b"
)
# Signs in the text as it was typed, which are gone from plain text: "T1 -C", "Gd (-)", "IV -";
# "S/C", "S/ CONTRASTE" against "T1/3D/FFE/C", "w/c", "(C/C)", "t1_vibe_cor_C", "t1_mprage_sagGD".
# "A/C" is a joint, "-C-spine" a neck, and "post Gd - sag", "sag - gad" have a dash between words;
# "FS (+)", "MTC(-)" speak of a saturation.
SIGNED = r"(?<![A-Za-z])(?:K|C|CE|(?i:gd|gado?|km|kl|mdc|i\.?v\.?))"
SLASHED = r"/\s?(?i:c|ctt?[eo]|contr\w*|gad\w*|gd|km|mdc|iv|inj\w*)\b"
# Danish: "u/k", "m/k".
OF_THE_NORTH = r"/\s?(?i:k|[ck]ontr\w*|gado?|gd|km)\b"
OF_AN_AGENT = r"(?<!(?i:fs|at|mt|tc|pp|ir))(?<!(?i:fs|at|mt|tc|pp|ir) )"
MINUS = (
    r"(?:^|[\s_(])-(?:\s?(?:C|GD|Gd|KM)|(?i:gd|gad|km|kl|mdc|i\.?v))\b(?![-\s]?(?i:sp|contr))"
    rf"|{SIGNED}(?:-(?![A-Za-z0-9(])|\s-\)?\s*$)|{OF_AN_AGENT}\(\s?-\s?\)"
    rf"|(?<![A-Za-z0-9])[Ss]{SLASHED}(?!.?(?i:joint))|(?<![A-Za-z])s(?:\.\s?KM\b|-c$)"
    rf"|(?<![A-Za-z0-9])(?:[Uu]{OF_THE_NORTH}|[Zz]/\s?(?i:contrast)\b)"
)
SLASH = (
    r"(?<!\b[Aa])/[Cc]$|(?<!(?i:sag))_C$|(?<=[a-z])G[Dd](?![A-Za-z])"
    rf"|(?<![A-Za-z])[Cc]{SLASHED}|(?<![A-Za-z0-9])[Mm]{OF_THE_NORTH}"
    rf"|{OF_AN_AGENT}\(\s?\+\s?\)"
)
PLUS_OR_MINUS = r"±|\+\s?/\s?(?:C|GD|Gd|KM)?-|-\s?/\s?(?:C|GD|Gd|KM)?\+"
# What protocols of the spine end with, and the body parts that are one.
PART_OF_SPINE = r"(_|(?<=-W) )[CTL]$"
SPINE = r"SPINE|CERVI|HWS"
# An agent in the languages of Europe, and what denies it in front of it and behind it.
AGENT = (
    r"([ck]ontr(as\w*)?|enh\w*|ce|gd|gad\w*|(i ?v ?)?km|k ?l|m ?d ?c|pdc|inj(?!ur)\w*|i ?v"
    r"|tehost\w*|varjoaine\w*)"
)
# What an agent is told to be given by, in front of it: "nie podano kontrastu".
GIVEN = r"(podan\w*|podav\w*|apli[ck]\w*|admin\w*|adasa|de|iv) "
# Words in plain text: accents and the dotless i of Turkish are gone.
# Negatives come first: "without contrast" holds the word "contrast" as well.
WITHOUT = "|".join((
    rf"\b(\d*pre|{WITHOUT_ONE})\b",
    rf"\bnon? ?{AGENT}\b|(?<!(?<!t)\d )\b0 {AGENT}\b|{NO_DOSE}",
    rf"\b({NEGATION}|minus|neg\w*|prior to|prae?|pas de?) ({GIVEN})?{AGENT}\b|\bnon ?con\b",
    # "KM kein FS" denies the suppression of fat.
    rf"\b{AGENT} ({NEGATION}|{ANSWER_NO})\b(?! f(s\b|at|ett))",
    rf"\b{AGENT} (no(?= ?$)|minus|neg\w*|free(?! ?(br|hand)))\b",
    r"\b(minus c|c minus)\b",
    r"\bpre([ck]ontr\w*|gado?|gd|c|km|ce|inj)\b",
    # German, French, Spanish, Italian, Portuguese, Dutch.
    r"\b((?<!\bi )[ov] ?km|skm)\b",
    rf"\bvor (gabe|{AGENT})\b",
    r"\b[ck]ontrast\w*(frei\w*|lose?|fri\w*|vrij)\b",
    r"\bs ?m ?d ?c\b|\bss (gado\w*|inj\w*|iv)\b|\bin bianco\b|\bsimple(?= ?$)",
    rf"\bblanco(?= ?$| {PLANES}\b)",
    # "Knie sin" is a left one.
    r"\b(sin|sem) (c\b|contr|cte|ctte|gad|gd|iv|civ|inj|medio)|\bs contraste",
    r"\b(voor (gd|contrast)|z contrast\b)",
    # Japanese in Latin letters.
    r"\b(zou?ei ?(mae|nashi)|tanjun)\b",
    # Norwegian, Danish, Swedish, Czech, Slovenian, Croatian: the Czech before, "před", as it is
    # typed and as Latin-1 reads it; Hungarian.
    r"\b(u|for|fore|fr|innan|pred|poed|do|prije) (kontr|gad|gd|k ?[lm]\b|podan|apli[ck])",
    rf"\bnincs\b|\b({AGENT}|k ?a) (adasa )?elott\b",
    # Turkish, with its dotless i as Latin-1 reads it, too.
    rf"\bkontrast?i?s[iy]?z\w*|\b{AGENT} (oncesi|ver(il)?me[dmz]\w*)\b",
    # Vietnamese.
    rf"\b(khong|chua|truoc) (tiem|thuoc|tuong phan|{AGENT})\b",
))  # fmt: skip
# The Hungarian after, which stands behind its word; in front of it the Swedish without.
AFTER = rf"\b({AGENT}|k ?a) (adasa )?utan\b"
# What is lacking but an agent, or comes later: "ohne FS", "without breath hold", "avant chirurgie".
# In "w/o FS or contrast" both are; in "w/o FS contrast" either may be.
OTHER_LACK = (
    rf"\b({LACKING}) (f ?s|(fat|fett|vet|sat|sup|sop|zsir|rasva|tluszcz|potlac)\w*|gras[as]\w*"
    r"|graisse|gordura|bh|(breath|apn|motion|beweg|mouve|movim|boug|sedat|nark|coil|grappa)\w*"
    r"|(surg|op\b|operat|chir|cirug|cirurg|interven|bestrahl|rad|chem|ther|biops)\w*)\b"
    rf"(?! (\w+ )?(or|nor|and|oder|und|ou|et|o|e|y) {AGENT}\b)( (s(at|up)\w* )?{AGENT}\b)?"
)
# Beside each other without and with, before and after.
EARLIER = rf"{LACKING}|sin|sem|prae?|vor|voor|fore?|pred|poed|prije"
LATER = (
    r"with|after|mit|nach|avec|apres|con|despues|tras|com|apos|dopo|met|na|med|etter|efter|z|s|po"
    r"|sa|cu|dupa|posle|poslije|nakon|jalkeen|post|dengan|sesudah|setelah"
)
AND = r"(and|und|et|y|e|ed|o|i|a|og|och|en|ja|si|dan|puis|\+)"
# The name of a whole examination, "BRAIN W/WO CONTRAST", and what is given where it is needed;
# "W/O CON" is one without.
BOTH = (
    rf"\b({EARLIER}) ({AGENT} )?{AND} ({LATER})\b|\b({LATER}) ({AGENT} )?{AND} ({EARLIER})\b"
    rf"|\b(?!w)({LACKING}) ({LATER})\b|\b({LATER}) ({LACKING})\b"
    r"|\b(elott es utan|nelkul es|ilman ja|truoc va sau|co va khong|khong va co)\b"
    r"|\b(w (and )?w ?o|w ?o (and )?w|with (and |or )?without|without (and |or )?with)\b"
    r"|\b(oncesi (ve )?sonrasi|kontrastsiz (ve |\+ )?kontrastli|kontrastli (ve |\+ )?kontrastsiz)\b"
    r"|\bpre (contrast |gad\w* |gd |c )?(and |y |et |und |\+ )?post\b"
    r"|\b(sin con|con sin|sem com|com sem|s c [ye] c c|m o km)\b"
    r"|\b(if (needed|nec\w*|req\w*)|optional|ggf|evtl)\b"
)
# What else is called so: "T1 (AXI, Gray/White Contrast)", "arterial spin labeling"; and
# "MPRAGE_EnhancedContrast", which may be between tissues.
NO_MEDIUM = (
    r"\b(gr[ae]y|white|[gw]m|tissue|phase|transfer|image|high|low|good|better|best|multi|optimal"
    r"|improved|(?<!\bwith )(standard|normal)) contrast\b"
    r"(?! (dose|agent|med\w*|inj\w*|admin\w*|given)\b)"
    r"|\b(gut\w*|hoh\w*|alto|haut|bon|buen|buon) [ck]ontrast\w*|\bkontrast(reich|arm)\w*"
    r"|\bcontrast[eo] natur\w*"
    r"|\benc?hanced contrast\b|\bcontrast (gm|wm)\b|\barterial spin\b|(?<!\bt)\d cm\b"
    r"|\bvenous (malf\w*|anom\w*|angiom\w*|sinus\w*|thromb\w*|insuff\w*|lake\w*|stas\w*)"
    r"|\b(sinus|ductus) venosus\b|\bligament\w* venosum\b"
    r"|\b(supine|prone|flex\w*|neutral|sitting|standing|feet) pos\b|\bpos \d+\b"
    r"|\bdelayed (dev|mile|myel|speech|growth|union|heal)\w*"
    r"|\b(development\w*|speech|growth) delay\w*|\binj (knee|ankle|wrist|shoulder|elbow|hip)\b"
)
# What is before or after something else than an agent: "post op", "pre chemo", "POST ACL repair",
# "post craniotomy", "post 3 months"; "post RT" is after radiation, "post RT knee" a right one.
SPAN = r"\d+ ?(days?|weeks?|wks?|mo(s|n\w*)?|years?|yrs?|tage?|wochen?|jahre?)"
OTHER_EVENT = (
    rf"\b{SPAN} post\b|\b\d*(pre|post?) ?({SPAN}\b"
    r"|((?!for|gd|gad|con|c\b|km|mdc|inj|fs|fat|t1|ax|cor|sag|tra|\d|mp|tse|fse"
    r"|vibe|spgr|spin|brain)\w+ ){0,2}?(\w+((?<!ana)tomy|plasty|scopy|desis)\b"
    r"|(resect|biops|bx|repair|replac|remov|implant|ablat)\w*|([amlp]cl|ligament|flap) recon\w*)"
    r"|(op(?!p|t|h)|fossa|schadel(g|trau|frak| hirn| op\b)|surg|trauma|rad(?!ial)|chemo|stroke"
    r"|treat|ther|label|ictal|process|mort|partum|exerc|transplant|dbs|concuss|infar|isch"
    r"|ha?emorr|bleed|covid|infect|seiz|natal|fusion"
    r"|embol|coil|clip|(vp )?shunt|stent|accid|viral|lumbar punct)\w*|tx|rt(?= ?$)"
    r"|(tbi|mva|cva|sah|tips|tace|rfa|srs|bmt|etv|tavi|mi|pci|cpr|turp|ercp|ect|lp|fall)\b)"
)
# A joint or an organ that moves is dynamic without an agent.
MOVING = (
    r"\b(tmj|joint|wrist|ankle|knee|shoulder|hip|patell\w*|floor|defec\w*|flex\w*|swallow\w*"
    r"|speech|airway|cine|kiefer\w*|atm)\b"
)
# What dynamic series of the abdomen and the breast are made of, and how their phases are called:
# in seconds, from half a minute on, for which no breath is held.
FAST_T1 = r"(\w*vibe|lava|\w*thrive|\w*dixon|quick ?3d|tigre|fame)"
PHASE = (
    r"(art|pvp?|ven|vein|port|portal\w*|late|tard|spat|equilib\w*|nephrogra\w*|excretory"
    r"|\d+ ?min(ut\w*)?|([3-9]\d|1\d\d) ?s(e[ck])?|\d(st|nd|rd|th) pass|hepatocyt\w*"
    r"|1 \+ \d+ ?(steps?|ph\w*|dyn\w*|meas\w*))"
)
DYNAMIC = r"\b(\d*dyna?|d[iy]nami\w*)\b"
WITH = "|".join((
    # "T1 C+", but not "C+T spine": neck and chest.
    r"\b(c|kl|k) (\+|plus)(?= ?$"
    r"| (ax|axial|cor|sag|tra|fs|fat|3d|t1|mprage|spgr|bravo|vibe|space)\b)",
    r"\+ ?(c|kl|k)\b|\bspir ?c(?= ?$)",
    # Its substance, its trade names, its way into the vein.
    rf"\b({SUBSTANCES}|inj|injecte\w*|civ|c iv)\b",
    r"\b(avec|apres|with|after|nach|con|com|apos|dopo) (inj(?!ur)\w*|iv\b)",
    # Not "grade IV", "ventricle IV".
    r"\bt1\w*( (ax|axial|cor|coronal|sag|tra|fs|se|tse|fse|3d|vibe|mprage|with|\+))* i ?v"
    r"(?= ?$| contr| \+ ?$)",
    r"\b(\d*post|post(c|gd|gad|gado|con\w*|km|inj\w*|kontr\w*))\b",
    # Portuguese and Spanish.
    r"\bpos(?= ?$| (c|contr\w*|fs|w)\b)",
    r"\b(enhanced|ce|t1c|t1ce|contrast[eo]?|con cont|m ?d ?c|c contr\w*|w c(?! (sp|[tl]\b))|pdc)\b",
    r"\bcontrast(ad[ao]|ografic[ao]|mid\w*)\b|\b(pos|poszt)[ck]ontr\w*|\bcon ctt?e\b",
    r"\bzou?ei",
    # "T1FSKM", "z kontrastem", "po k.l.", "s KU"; "CM" as Kontrastmittel is.
    r"\b([a-z]\w*)?km\b|\bkontr(as\w*)?\b| cm\b",
    r"\b((po|s|posle|podani|aplikaci) k ?[lu]|po k)\b",
    # Finnish, Vietnamese.
    r"\b(tehost\w*|varjoaine\w*)\b|\b((sau|co) (tiem|thuoc)|tiem thuoc|co tuong phan)\b",
    # Phases of a dynamic series, and what is made to see them.
    r"\b(arteri[ae]l\w*|arterios\w*|art (?=\d(?!d\b)|phase|port)|port[ao]l? ?ven\w*)\b",
    r"\b(venous|venos\w*|veineu\w*|veneu\w*|ven(?= phase)|zyln\w*)\b",
    r"\b(delayed|delay|tardi(f|v[aeio]?|[ao])|spatphase|hbp|h?epatobili\w*|twist)\b",
    DYNAMIC,
    # Dynamic contrast enhancement, dynamic susceptibility contrast: nothing else is so called, but
    # for what maps T1 before it, at several flip angles.
    r"^(?!.*\b(vfa|fa ?\d+|flip\w*|\d+ ?deg\w*|\w*map\w*|baseline)\b)"
    r".*\b(dce(?!r)|dsc(?!h))[a-z0-9]*\b",
    r"\b(multi ?phase\w*|mph)\b",
    rf"^(?=.*\b{FAST_T1}\b).*\b{PHASE}\b",
))  # fmt: skip
