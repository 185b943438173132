"""The phrases of series descriptions that name a sequence, in the languages of protocol books."""

from __future__ import annotations

from napari_mrseq.header import map_words
from napari_mrseq.header.phrases import Regex

# A dual echo names both of its contrasts; the echo time tells which one a series is.
DUAL_ECHO = "PD and T2"
# A protocol for a map names its sources too: images of their own, until the map is computed.
MAP = "map"
# What both stand for in the vocabulary.
MEANINGS = {DUAL_ECHO: ("PD", "T2"), MAP: ("OTHER",)}

# A sequence, then phrases that name it. The first line that fits wins: specific before general.
# English, German, French, Spanish, Italian, Portuguese and Dutch, and the names that vendors print
# on their consoles.
LEXICON: tuple[tuple[str, *tuple[str | Regex, ...]], ...] = (
    # Where the slices of another series lie, drawn on a scout.
    ("OTHER", "pos disp*"),
    ("OTHER", "b1 amp*", "b1 map*", "b1 phase*", "afi", "dream", "rf map*"),
    # Beside fat and water, of echoes of any kind.
    ("FIELDMAP", "ideal field map"),
    (
        "FIELDMAP", "*field map*", "fmap*", "*b0 map*", "b0 rf*", "b0 shim*", "top up", "gre field",
        "sefield*",
    ),
    # By what it is made, or for what; other words end so as well: "CBFmap", "PDFFmap", "perfmap".
    ("FIELDMAP", Regex(r"(?:se|gre|epi|bold|dwi|dti)fmap[a-z0-9]*")),
    ("FIELDMAP", "feldkarte*", "carte de champ*", "mapa de campo", "mappa di campo"),
    ("FIELDMAP", "distortion map*", "blip up", "blip down", "rev* blip*", "blip* rev*"),
    # A scanner writes what it computed behind the name of the protocol, which may ask for an ADC.
    ("DWI", "adc ... high b*", "high b val*", "calc* b val*", "calc b#", "adc ... trace* $"),
    # Archives run together what Siemens joins with underscores.
    ("DWI", "*calcbval*"),
    ("OTHER", "eadc*", Regex(r"(?<!mono )(?<!bi )exp(?:o(?:n[a-z]*)?)? ?adc\w*")),
    ("OTHER", "exp* apparent diff*", Regex(r"adc e[sx]ponen[a-z]*(?! fit)")),
    ("ADC", "*adc", "*adcdfc*", "adc*", "apparent diff*", "coef* ... ap*aren*", "average dc"),
    ("ADC", "avdc", Regex(r"(?<!t[12] )cda")),
    (MAP, *map_words.OF_DIFFUSION),
    (MAP, *map_words.READ_OUT),
    ("OTHER", "tractog*", "traktog*", "fiber tr*"),
    # All the b values of one series: "diff b0 200 800", "b50_400_800".
    (
        "DWI",
        Regex(r"(?:\d+|dwi|diff?|tra|ax|cor|sag|ep|s|c|iso|calc)?b\d{1,3} ?(?:and )?b?\d{2,4}"),
    ),
    ("B0", "tensor b0", "b0 ... dwi*", "b0 ... dti*", "b0 ... dif*", "nodif*"),
    ("B0", "dif* ... low b", "*dwi ... b0", "dti* ... b0", "dif* ... b0"),
    # The single-band reference of a diffusion series is not weighted.
    ("B0", "dmri* ... sbref", "*dwi ... sbref", "dti* ... sbref", "dif* ... sbref"),
    ("DWI", "ep2ddif*", "dti*", "dw epi", "dyfu*", Regex(r"s?dw|trace(?:[wb\d][a-z0-9]*)?")),
    # Neither "Ludwig", "Edwin" nor "bandwidth".
    ("DWI", Regex(r"[a-z0-9]*dwi(?!ch|ck|d|e\b|em|fe\b|g|j|ll|n|r)[a-z0-9]*")),
    # Neither "difficult", "different", "difetto", "difunto" nor "diffuse", "diffusely".
    ("DWI", Regex(r"dif+(?![faio]|e(?!pi)|us(?:[ao]s?\b|e)|u(?![sz]))[a-z0-9]*")),
    (
        "DWI", "dmri*", "mddw*", "noddi", "diffuusi*", "multi shell*", Regex(r"\d ?shells"),
        # Flow is encoded along three; "run-12_dir-AP" is the number of something else.
        Regex(
            r"(?<!\d\s)(?<!(?:run|ses|sub)\s)(?:[6-9]|0?[1-9]\d+) ?(?:directions?|dirs?)"
            r"(?!\s?(?:spc|space|3d|flair|cube|vista))"
        ),
        Regex(r"(?:[a-z]|ax|tra|ep|\d[a-z0-9]*)?dki\d*|edti"),
        # With the number of directions, of b values: "hardi64", "ivim10b". No name: "Hardin".
        Regex(r"(?:dsi|hardi|ivim)(?:\d+[a-z]?)?"), Regex(r"(?<!deep )resolve"), "muse",
        # Of a reduced field of view, with its b values: "focus 50 800".
        Regex(r"focus(?: \d+)* \d{3,4}"),
    ),
    ("FIELDMAP", "pepolar*"),
    # Read against each other, two of them measure distortion: without weighting all the same.
    ("B0", "ep2d ... b0", "*epi ... b0", "b0 ... *epi", "b0 ap", "b0 pa", "ap b0", "pa b0"),
    ("FIELDMAP", "b0"),
    # What a PET-MR scanner corrects attenuation with.
    ("OTHER", "*mrac*", "*umap*", "mu map*", "ac map*"),
    # Inflow of labelled blood without an agent: vessels, no perfusion.
    ("MRA", "vasc asl", "masl", "asl ... mra", "mra ... asl", "asl ... angio*", "angio* ... asl"),
    ("PERF", "*asl", Regex(r"asl(?![aei])[a-z0-9]*"), "*casl*", "pwi*", "gbp", "pbp"),
    # Blood that the inversion of a slice labels, in kidneys and hearts.
    ("PERF", Regex(r"fair\b.*\btru(?: ?fi|e ?fisp)|tru(?: ?fi|e ?fisp)\b.*\bfair")),
    ("PERF", Regex(r"dsc(?!h)[a-z0-9]*"), Regex(r"dce(?!r)[a-z0-9]*"), "dynamic suscept*"),
    # Neither "performed", "perfect", "perfluorocarbon" nor "perforator".
    ("PERF", Regex(r"perf(?![eilo]|u(?![sz]))[a-z0-9]*")),
    ("PERF", Regex(r"[a-z0-9]*perfu(?![mr])[a-z0-9]*")),
    # First pass through the heart: a turbo FLASH after saturation.
    ("PERF", "dyn* tfl*", "tfl* ... sr", "sr ... tfl*", Regex(r"fgre\w* time course")),
    ("PERF", "cerebral blood*", "relcb*", "rcbf", "rcbv", "rbf", "rbv", "cbf", "cbv", "mtt", "ttp"),
    ("PERF", "t max", "k trans*", "kep", "i auc*", "dyn* ... pei"),
    # Read off the curve of a dynamic series, which may be named beside it.
    ("PERF", Regex(r"time ?to ?peak|(?:max(?:imum)?|peak|rel(?:ative)?) (?:slope|enhancement)")),
    ("PERF", Regex(r"enhancement (?:integral|ratio|rate)")),
    # The phase that GE and Siemens compute such images from, and keep beside them.
    # So do others; the phase that is encoded has a direction, and some series hold both parts.
    ("OTHER", "filt pha*", "pha images", Regex(r"(?<!mag )pha(?:se)? (?:swi|e?swan)(?!.*\bmag)")),
    (
        "OTHER",
        Regex(
            r"swip?pha(?:se)?|(?:swi(?:p|[23]d)?|e?swan)\b(?!.*\bmag)"
            r".*\bpha(?:se)?(?!.?(?:a ?p|p ?a|l ?r|r ?l|enc|dir))"
        ),
    ),
    ("SWI", "ven* bold*"),
    # What Siemens computes of functional images.
    ("OTHER", "t map*"),
    # A first pass through the heart at rest follows no activation.
    (
        "PERF",
        Regex(r"first ?pass\b.*\b(?:rest|ruhe|reposo)\w*|(?:rest|ruhe|reposo)\w*\b.*\bfirst ?pass"),
    ),
    # Neither the Humboldt hospital nor a tremor at rest.
    (
        "BOLD", Regex(r"[a-z0-9]*(?<!hum)bold(?!ly|e|i|o)[a-z0-9]*"), "*fmri*", "fmrg*",
        Regex(r"resting(?! ?tremor)[a-z0-9]*"),
    ),
    ("BOLD", "rest state", "task*", Regex(r"rest\d[a-z0-9]*")),
    ("BOLD", "*sbref", "ruhe*", "reposo", "fmrt*", "irmf*", "rmf", "frmi", "*tapping*"),
    ("BOLD", "paradigm*"),
    # Neither "Swiss" nor "swift".
    ("SWI", "*swi", Regex(r"swi(?:p|\d|im|mag|pha|m?ip|epi|tra)[a-z0-9]*")),
    ("SWI", "suscept*", "suszept*", "suscet*", "swan", "eswan", "sw", "fsbb"),
    # Minimum intensity is projected of nothing else; a pig may be small.
    ("SWI", Regex(r"[a-z0-9]*minip(?!ig)[a-z0-9]*"), "min ip"),
    # The bile ducts, before all that is called after vessels.
    ("T2", "*cholangi*", "colangi*", "*mrcp*"),
    # Neither "Christof", Tofts nor a gouty tophus.
    ("MRA", Regex(r"[a-z0-9]*(?<![sz])tof"), Regex(r"tof(?:fl[23]d|(?![fiou]|ts\b))[a-z0-9]*")),
    ("MRA", "mra*", "mrv*", "ce mra", Regex(r"s?[23]di mc")),
    # Neither a tumour, a disease nor a treatment of vessels, nor a phase of an agent in the veins.
    ("MRA", Regex(r"veno(?![mnsv]|us|ly|oc)[a-z0-9]*")),
    (
        "MRA",
        Regex(
            r"(?:[a-z0-9]*(?<!em))?angio"
            r"(?!m\b|ma|me|myo|sar|pat|fib|lip|ed|ker|pla|ten|gen|neu|dys|bla|centr|fol|lo|om|stro|im)"
            r"[a-z0-9]*"
        ),
    ),
    ("MRA", "flebo*", "phlebo*", "arm intracran*", "arm cereb*", Regex(r"anjiy?o(?!m|p)[a-z0-9]*")),
    # Canon's, of fresh blood.
    ("MRA", "fbi", "mfbi", "fresh blood*"),
    # Without an agent.
    ("MRA", "qiss*", "native tru*", "native space ... ecg", "native space ... trig*"),
    ("MRA", "native space ... sys*", "native space ... dia*", "native space ... run off"),
    ("MRA", Regex(r"native (?:space|spc)\b.*\bsub[a-z]*")),
    ("MRA", "b trance", "trance", "inflow*", "ifir"),
    # Flow that is measured, not vessels that are shown.
    ("OTHER", "pc ... csf", "csf ... pc", "phase contrast ... csf", "csf ... phase contrast"),
    ("OTHER", "pc ... aqu*duct*", "q flow*", "flow quant*", "quant* flow", "flow ... tp"),
    ("OTHER", "flow ... through plane", "through plane ... flow", "flussmess*", "pc vipr*"),
    # After an agent, in short.
    ("T1", "t1* ... pc", "*vibe ... pc", "lava* ... pc", "*mprage ... pc", "bravo ... pc"),
    # Nor the principal components that noise is told by.
    ("MRA", "pc", Regex(r"(?<!mp )pca(?! (?:comp|denois|filt))"), "phase contrast", "ph con*"),
    ("MRA", Regex(r"venc(?![eio])[a-z0-9]*")),
    ("MRA", "inhance*", "tricks"),
    ("MRA", "4d trak", "time slip", Regex(r"\d?dpca[a-z0-9]*")),
    # Through the heart, where no vessels are named.
    ("PERF", Regex(r"first ?pass")),
    # It looks for the inversion time of a late enhancement.
    ("OTHER", "ti scout*"),
    # "Localized spectroscopy" is none.
    ("LOCALIZER", Regex(r"[a-z0-9]*locali(?![sz]ed)[a-z0-9]*"), "loc", "loca"),
    # Neither a Scouten, a Scoutzentrum nor a pilot study.
    ("LOCALIZER", Regex(r"[a-z0-9]*scout(?!en|z)[a-z0-9]*"), "suchscan*", "paikann*"),
    ("LOCALIZER", Regex(r"(?:tri ?)?pilot(?! ?(?:stud|proj|pat|trial))[a-z0-9]*")),
    # A bone survey, or one for metastases, is the examination.
    ("LOCALIZER", Regex(r"(?<!myeloma )(?<!skeletal )(?<!bone )(?<!ta[st][ei][sc] )survey\w*")),
    ("LOCALIZER", "3 plan*", "3 pl", "three plan*", "tri plan*", "plan scan", "topogram*"),
    ("LOCALIZER", "locator*", "scano*", "topo", "centrage*", "centratura*", "sondage"),
    ("LOCALIZER", "lokali*", "ichigime", "ubersicht*", "uebersicht*", "reperage*", "repere*"),
    ("LOCALIZER", "oversi*t*", "overzicht*", "fast view"),
    ("OTHER", "kalib*", "referenz*", "speeder*", "phoenix zip*", "single voxel*"),
    ("OTHER", "*spektro*", "*spettro*", "*soustra*", Regex(r"substra[ckz][a-z]*"), "sottra*"),
    ("OTHER", "sustrac*"),
    ("OTHER", "ssub*"),
    ("OTHER", "true fisp*", "ci3d*", "hyce", "basg", "pbsg", "cosmic", "mensa", "bloch siegert*"),
    # What watches an agent arrive, before the series that it is given for.
    ("OTHER", "smart prep*", "care bolus*", "test bolus*", "bolus tra*", "visual prep*"),
    ("OTHER", "timing bolus*", "bolus tim*", "fluoro trig*"),
    ("OTHER", "calib*", "coil sens*", "sense ref*", "prescan*"),
    ("OTHER", "ref head*", "ref body*", "ref nv*", "ref torso*", "ref spine*"),
    ("OTHER", "ref scan*", "reference scan*", "screen save*", "key image*", "subtra*", "subtr"),
    # Neither a subject's number nor a joint.
    (
        "OTHER",
        Regex(
            r"sub(?=$| \d \d$| \d (?:ax|cor|sag)\b(?!.*\bt[12])"
            r"| (?:ax|axial|cor|coronal|sag|sagittal|tra|mips?|t1|dyn|nativ|post|km)\b"
            r"| (?:nd|dis[23]d|norm|rr)\b)"
        ),
    ),
    ("OTHER", "wash in", "wash out", "tf2d*", "temperature map*", "thermometr*"),
    # The echoes that a map is computed from, told by how many there are, or by a second contrast.
    (
        "T2STAR", Regex(r"(?:[tr]2star|r2s|qsm)\b.*\b[1-3]?\d ?echo(?:e?s)?"),
        Regex(r"[1-3]?\d ?echo(?:e?s)?\b.*\b(?:[tr]2star|r2s|qsm)"), "t2star qsm",
    ),
    ("T2", "*ssfse* ... t2 map*", "haste* ... t2 map*"),
    (MAP, *map_words.OF_RELAXATION),
    # What steers a scan with navigators.
    ("OTHER", Regex(r"(?:t[12][a-z0-9]*|v ?nav)\b.*\bsetter")),
    ("OTHER", "qsm", "pdff", "pdff map*", "fat frac*", "ff map*", "ecv map*", "mtr"),
    # Neither the Rhône nor a rhomboid.
    ("OTHER", Regex(r"t1rho[a-z0-9]*|t1 rho(?:\d+|w|maps?)?")),
    ("OTHER", "*dixon quant*", "ideal iq*", "*fat quant*", "fat sep ... fat $"),
    # Fingerprints of relaxation, by hundreds of flip angles.
    ("OTHER", Regex(r"(?:[23]d)?mrf(?:[23]d)?"), "*fingerprint*"),
    ("OTHER", "molli*", "shmolli*", "look locker", "mr touch", "inv1", "inv2"),
    # Neither the name Emre nor an elastofibroma.
    ("OTHER", Regex(r"(?:[a-z0-9]*(?:gre|epi?|se|\dd))?mre"), Regex(r"elasto(?!f)[a-z0-9]*")),
    # "dir-AP" is a direction, DIR a double inversion.
    ("OTHER", Regex(r"dir(?!.?(?:ap|pa|lr|rl|is|si|\d+\b))")),
    ("OTHER", "double inversion*", "*spectro*", "svs*", "fat only"),
    ("OTHER", Regex(r"csi(?:\d[a-z0-9]*)?"), Regex(r"cest(?![aeinou])[a-z0-9]*"), "aptw*"),
    ("OTHER", "mrs", "*mrsi", "*btfe*", "*bffe*"),
    ("OTHER", Regex(r"cine(?!as|ma|se\b)[a-z0-9]*")),
    # Fat, or its share, no direction (H-F, K-F); scanners put corrections behind, tools a number.
    (
        "OTHER",
        Regex(
            r"(?:m?dixon|wfi)\b.*(?<!\b[hkpcr]) (?:ff?|fat|fett|graisse|grasa|grasso|gordura)"
            r"(?: (?:\d{1,4}|nd|dis[23]d|norm|rr|mpr(?: (?:ax|cor|sag|tra))?))*$"
        ),
    ),
    ("OTHER", "*trufi*", "tru fi", "tfi", "*fiesta*", "ciss*", "psif*", "*ssfp*", "b ffe", "b tfe"),
    ("OTHER", "petra", Regex(r"\d?d?o?zteo?"), Regex(r"(?:[23]d)?ute(?:[23]d)?")),
    ("OTHER", "psir*", "lge", "delayed enh*", "late enh*"),
    ("OTHER", "ege", Regex(r"^de\b.*\b(?:tfl|trufi)"), "*tagging", "*spamm", "*tfe grid"),
    # Not "goddess", nor words that go on: "dessus".
    ("OTHER", "4d flow*", "balanced*", Regex(r"[a-z0-9]*(?<!god)dess"), "de3d"),
    ("OTHER", "phase map*", "phase image*"),
    ("T1", "t1* flair*", "t1* ... flair*", "flair t1*", "t1* ... dark fluid"),
    # As Siemens names a T1 by inversion recovery, where fat isn't suppressed.
    ("T1", Regex(r"t1w? (?!.*\b(?:dark ?fat|fs|fat)\b)(?:.* )?tir")),
    ("T1", Regex(r"tir (?!.*\b(?:dark ?fat|fs|fat)\b)(?:.* )?t1w?")),
    ("FLAIR", "spc ir", "space ir"),
    ("FLAIR", "*flair*", "dark fluid", "dark fl", "da fl", "fluid att*", "liquor unterdr*"),
    # Not the German "Stirn", a forehead, nor Stirling, nor the Russian "kontrastirovanie".
    (
        "STIR", Regex(r"(?:ee?|[a-z0-9]*(?:se|(?<![ei])(?<!ntra)))stir(?![abilnpr])[a-z0-9]*"),
        "tirm*", "tir",
    ),
    ("STIR", "short tau*", "turbo inversion*"),
    ("T2STAR", "t2star*", "t2s", "medic", "merge", "*mffe", "me2d"),
    ("T2STAR", "t2* ... *gradient*", "*gradient* ... t2*", "t2 stern", "t2 etoile", "t2 estrel*"),
    ("T2STAR", "t2 gwiazd*", "t2 yildiz*"),
    ("T2STAR", "t2* ... gre", "t2* ... fl2d", "t2* ... flash*", "t2* ... ffe", "t2* ... eg"),
    ("T2STAR", "gre ... t2*", "fl2d ... t2*", "flash ... t2*", "ffe ... t2*", "eg t2*"),
    ("T2STAR", "t2* ... fe epi", "me3d*", "t2* ... fl3d*", "fl3d ... t2*"),
    ("T2STAR", "me gre*", "gre me", "multi echo gre", "gre multi echo", "t2* ge $"),
    # In and opposed phase of one gradient echo, not two echoes of a spin echo.
    ("T1", "dual echo ... in", "dual echo ... ip", "in out*", "dual ffe", "dual gr*"),
    ("T1", "dual echo ... *spgr", "*spgr ... dual echo", "t1* ... dual echo", "dual echo ... t1*"),
    (DUAL_ECHO, "pd* t2*", "t2* pd*", "dp t2*", "t2* dp", "proton* t2*", "dual echo"),
    (DUAL_ECHO, "dual tse", "dual fse", "dual se"),
    (DUAL_ECHO, "double echo*", "double tse"),
    # Neither "COPD" nor "CPPD", nor the agent of the French; a muscle is called "intermedius".
    ("PD", Regex(r"pd(?!c\b)[a-z0-9]*")),
    ("PD", Regex(r"[a-z]?pdw|(?:ax|cor|sag|tra|obl|fs|se|fse|tse|dual|[a-z]*\dd?)+pd")),
    ("PD", "dp", "proton*", "densi*", "dens prot*", "rho", "iw"),
    ("PD", Regex(r"intermed(?:iate)?(?:w[a-z]*)?")),
    ("T1", Regex(r"\d?d?t1(?![0-2]\b)[a-z0-9]*"), Regex(r"[a-z]?t1w")),
    (
        "T2STAR",
        # Bleeding, which a T2 looks for, not a T1; neither "hemophilia", "hemorrhoids" nor Hamon.
        Regex(r"(?:hae?|he)mo(?:(?:f|seq|si|rr(?!h?oi))[a-z0-9]*|\d*)"), "microbleed*", "blutung*",
    ),
    ("T2", Regex(r"\d?d?t2[a-z0-9]*|[a-z]?t2w[a-z0-9]*")),
    # A circle of vessels, where no weighting is named: it may be a part of the body only.
    ("MRA", "*willis*", "cow", "polygon*"),
    # Siemens' TRICKS, where it follows no organ that takes an agent up.
    ("MRA", Regex(r"(?<!dyn )(?<!vibe )twist(?!.*(?:vibe|dyn))")),
    # With magnetisation transfer, where no weighting is named.
    ("OTHER", Regex(r"mt(?! ?off)"), "ihmt*", "mton", "mgt", "mtc", "mt1", "mtw"),
    # What only one weighting is read out with.
    ("T1", "*mprage*", "mp rage*", "mp2rage*", "bravo", "*spgr", "*thrive"),
    # Neither Vibeke nor Bratislava.
    ("T1", Regex(r"[a-z0-9]*vibe(?!k)[a-z0-9]*"), "quick star", "3d vane*"),
    ("T1", Regex(r"[a-z0-9]*(?<![acehiors])lava(?:flex|xv|hr|\d+d?)*"), "vibrant*", "tfl"),
    ("T1", "quick 3d*", "tigre", "ax disco*", Regex(r"s?bliss"), "*rssg", "ir 3d *gre"),
    # An I for a 1; with a number it is the inversion time.
    ("T1", "tiwi", Regex(r"(?:ax|cor|sag|tra)[a-z]* ti(?! ?\d)|ti (?:ax|cor|sag|tra)[a-z]*")),
    ("T2", "haste*", "*ssfse*", Regex(r"ssh? ?tse[a-z0-9]*"), "frfse"),
    # Not "myeloma", "myelopathy" or "Myelon".
    ("T2", Regex(r"m[yi]elo(?![bcdfmnpst])[a-z0-9]*"), Regex(r"bili(?:ai?r[a-z]*)?")),
    # In and out of phase is a T1 where nothing else is named: two-point Dixon exists as T2 too.
    ("T1", "in phase*", "opp* ... phase", "out phase", "out of phase", "en phase", "ip op"),
    ("T1", "in fase", "en fase", "em fase", "opos* ... fase"),
    ("T1", "fuera de fase", "fuori fase", "fora de fase"),
    # What else names something, where no weighting is named.
    ("OTHER", "csf ... flow*", "flow* ... csf", "liquor ... fluss*", "*aqu*duct*"),
    ("OTHER", "tensor", "press", Regex(r"(?:abs|rel)?b1"), "cal", "apt", "report", "magic"),
    ("OTHER", "symri*", "histo", "shim*"),
    ("OTHER", Regex(r"sonic ?dl\b.*\b[sl]ax|[sl]ax\b.*\bsonic ?dl")),
    # French for what leaves the arch of the aorta; Philips', without an agent.
    ("MRA", "vasc", "tsa", "tronc* supra*", "react"),
    # An operation is planned on a T1; Philips calls what SmartExam has planned after it as well.
    ("LOCALIZER", "planung*", "smart brain*", "smart exam*"),
    # How the heart works is seen in a film of it.
    ("OTHER", Regex(r"(?:\dch|[sl]ax|[lr]v|cardiac|heart)\b.*\bfunction")),
    ("BOLD", "func*", "fonctionnel*", "funktionell*", "funzional*", "fonksiyon*", "activation*"),
    ("PERF", "m0 scan*", "m0 meting*", "m0 mess*", "mzero"),
    ("SWI", "bsi"),
    ("T2STAR", "ssum", "aspire", Regex(r"fl[23]d\d*\b.*\b(?:[3-9]|[1-3]\d) ?echo(?:e?s)?")),
    # Spin echo EPI along one direction, to be held against the other.
    ("FIELDMAP", "se epi ... ap", "se epi ... pa", Regex(r"se (?:ap|pa)|(?:ap|pa) se")),
    ("FIELDMAP", "spin echo epi ... ap", "spin echo epi ... pa"),
    # Philips' two-point Dixon is a T1 where it waits for an agent.
    ("T1", "mdixon ... tard*", "mdixon ... late", "mdixon ... primovist", "mdixon ... eovist"),
    ("T1", "mdixon ... dyn*"),
    # Of a trace image, where no sequence with voxels as long as wide is named.
    ("DWI", Regex(r"(?<!mm )(?<!mm)(?<!\d )(?<!3d )isotrop[a-z]*(?! ?\d| ?mm| vox| res)")),
    # Read out for several b values: "ep2d_tra_4b".
    ("DWI", "zoomit", Regex(r"ep2d\b.*\b[2-9]b(?:val[a-z]*)?")),
)  # fmt: skip
