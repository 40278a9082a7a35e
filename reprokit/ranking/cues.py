"""The words by which a repository tells what it is.

Pure. All patterns are for folded text and bounded.
"""

import re

IMPLEMENTS = re.compile(
    r"\b(?:(?:re-?)?implement(?:s|ed|ing|ation|ations)?|reproduc\w{1,8}|replicat\w{1,6}|"
    r"re-?creat\w{1,5}|redo(?:es|ing)?|rewrit\w{1,4}|port(?:ed|ing)?|translation|"
    r"from scratch|code (?:for|of|release|base)|codebase|line by line|\d{2,4} lines of|"
    r"(?:pytorch|torch|tensorflow|keras|jax|flax|paddle\w{0,6}|mxnet|chainer|julia|c\+\+|rust) "
    r"(?:code|version|re\w{1,20})|version of|implementaci\w{1,3}|implementacao|"
    r"implementierung\w{0,2})"
    r"|复现|實現|实现|重现|реализац|воспроизвед|実装|再現|구현|재현"
)
OWN = re.compile(
    r"\b(?:our|my) (?:[\w.,'&-]{1,20} ){0,5}(?:papers?|articles?|work|method|thesis)\b|"
    r"\bofficial(?:ly)?\b|\bcode (?:for|of|from|to|accompanying) (?:the|this|"
    r"our) (?:[\w&'-]{1,20} ){0,4}"
    r"(?:paper|article)|\baccompan(?:y|ies|ying)\b|\bcode release\b|\brelease for\b|"
    r"官方(?!实现\uff1a|代码\uff1a)|公式"
)
CITES = re.compile(
    r"\b(?:see|background|based (?:up)?on|bas(?:es|ing) on|build(?:s|ing)? (?:up)?on|"
    r"built (?:up)?on|"
    r"start(?:s|ed|ing)? from|\b(?:data|sets?|corpus|reviews|splits?) (?:of|by|from)|extend(?:s|"
    r"ed|ing)?|improv(?:es|ed|ing) (?:up)?on|compar(?:e|es|ed|ing|ison)|"
    r"baselines?|inspired|follow(?:s|ed|ing)?|unlike|spirit|quot(?:es|ed)|defaults?|introduced in|"
    r"cite|us(?:e|es|ed|ing)|appl(?:y|ies|ied|ying)|trained (?:as|with)|brought you|thank\w{0,3}|"
    r"questions?|love|notes?|slides|talk|take[sn]? from|borrow\w{0,3}|adapted|our (?:earlier|"
    r"later|defence|defense|previous)|"
    r"group|other repository|motivated|variants? of|instead of|replac(?:e|es|ed|ing)|than|"
    r"modif(?:y|ies|ied)|improvement|generali[sz]es?)\b|基于|参考|直接用"
)
UNOFFICIAL = re.compile(
    r"\bun-?official|\bnon-?official|\bnot (?:the |an )?(?:official|affiliated)|"
    r"\b(?:independent|third[- ]party|my own|personal|community) (?:re\w{0,20}|implementation|"
    r"version|port)|"
    r"\bre-?implement\w{0,6}|\breproduc(?:tion|ing|ibility)|\breplicat(?:ion|ing)|"
    r"\bno official (?:code|implementation)|\bthe authors'|\bport of\b|\btranslation\b|"
    r"非官方|复现|再現|재현"
)
POINTS_AWAY = re.compile(
    r"\b(?:official|original|authors?'?s?'?(?: own)?|reference) (?:[\w'-]{1,20} ){0,4}"
    r"(?:code|implementation|repo(?:sitory)?|version|source|release|baselines?|here|is in|is at)\b|"
    r"\b(?:code|implementation|repo(?:sitory)?|baselines?|version) (?:of|by|"
    r"from) the (?:original )?"
    r"(?:authors|paper)\b|官方|原(?:作者|论文|版)|公式"
)
PART = re.compile(
    r"\b(?:no|without|not (?:for|about)|nothing (?:is|but)) train(?:ing|ed)\b|"
    r"\bnothing is trained\b|"
    r"\bno (?:encoder|decoder|models?|attacks?|data ?sets?|trainer)\b|"
    r"\btraining (?:is )?(?:out of scope|not (?:included|supported|provided))|"
    r"\binference(?:[ -]only|\))|\bonly (?:the )?(?:inference|forward|layers?|loss(?:es)?|model|"
    r"module|block|sampl\w{1,4})\b|"
    r"\b(?:layers?|loss(?:es)?|models?|modules?|blocks?|sampler|inference) (?:only|alone)\b|"
    r"\bnothing else\b|\bthat is all\b|\bto train (?:one|it|them|a model|your own|yours),? (?:go|"
    r"see|use)|"
    r"\btrain (?:with|in) the original|\btrained elsewhere\b|\b(?:pre-?trained|published|"
    r"converted) (?:[\w-]{1,20} ){0,3}(?:weights|policies|models?|checkpoints?)\b|"
    r"\bweights (?:converted|from|of the)|\bconverts?\b.{0,40}\bweights|\bviewer\b|"
    r"\bin your browser\b|\bserves? (?:a )?trained|"
    r"\b(?:drop-in|plug-in)\b|\blow-resolution .{0,20}only\b|\bbring your own\b|"
    r"\b(?:as )?(?:a )?(?:pytorch|keras|torch|tensorflow) layers?\b|"
    r"\bto (?:put|drop|plug) into your\b|\bas small as it gets\b|\b2d (?:data|points)|"
    r"\bpoints in the plane|\btoy (?:data|version|example|problem)|"
    r"\bthe \w{2,20} part of\b|\bis copied from\b|\bmiddleware\b|\bfor microcontrollers\b|"
    r"\bpart of a series\b"
)
LAYERISH = re.compile(
    r"\b(?:layers?|loss(?:es)?|buffer|block|module|encodings?|optimi[sz]er|scheduler|middleware|"
    r"inference|"
    r"runner|viewer|demo|weights|serve|runs? trained|pretrained|pre-trained|engine|convert\w{0,3}|"
    r"toy)\b"
)
TRAINS = re.compile(
    r"\btrain\w{0,12}[./][\w./]{0,60}|\btrain(?:er)?\.(?:py|sh|jl|lua|fit|train)|"
    r"\btrain\w{0,20}\.(?:py|sh|jl|lua|m|R)\b|"
    r"\b(?:main|run\w{0,20}|experiment\w{0,20})\.(?:py|sh|pl|jl|lua|m)\b|--train\b|\.train\(|"
    r"\bexperiments?[./]|\brun\.sh\b|\bmake (?:all|table|data)"
)
LIBRARY = re.compile(
    r"\b(?:librar(?:y|ies)|toolkits?|toolbox|frameworks?|packages?|zoo|suite|collection|studio|"
    r"platform|models? for|"
    r"state-of-the-art (?:models|machine)|algorithms|(?:transformer|diffusion|generative) models)\b"
)
CONTAINS = re.compile(
    r"\b(?:implemented|supported|available|included?|methods|models?|algorithms?|layers?|encoders?|"
    r"architectures?|pipelines?|schemes?|losses|features|papers have|variants|attacks|examples?|"
    r"vanilla|original|model zoo|documentation for)\b"
)
LIST_NAME = re.compile(
    r"(?:^|[-_./])(?:awesome|best-of|papers?|surveys?|reading-?list|papers?-?(?:reading|notes?|"
    r"list)|"
    r"must-read|arxiv-daily|(?:ml|dl|paper|reading|research|study)-?notes|notes|blog|homeworks?|"
    r"coursework|"
    r"assignments?|dotfiles|cheat-?sheets?|lectures?|slides|resources|bookmarks|"
    r"papers-with-code)(?:$|[-_.])"
)
LIST_ABOUT = re.compile(
    r"\bcurated\b|\bawesome\b|\bmust-read\b|\b(?:list|collection|table|survey|summary|"
    r"summaries) of (?:[\w-]{1,30} ){0,5}"
    r"(?:papers?|resources|implementations|code|notes|repos\w{0,8}|projects|links)\b|"
    r"\bnotes (?:on|of|about) papers\b|"
    r"^(?:my )?(?:solutions?|homeworks?|assignments?|coursework)\b|\bpapers (?:i|we) read\b|"
    r"\breading (?:notes|group|list)\b|"
    r"论文(?:笔记|阅读|列表)|阅读笔记|^my (?:page|website|notes|blog)\b|\bthere is no code here\b|"
    r"\bconfig files\b|\bhi there\b"
)
COPY = re.compile(
    r"\b(?:mirror(?:ed)?|(?:unchanged |exact |back-?up )copy|backup|clone|re-?upload(?:ed)?|"
    r"archive[d]? copy)\b(?! neuron)"
)
PROMISES = re.compile(
    r"\bcoming soon\b|\b(?:code|implementation|it) (?:will|shall|to) be (?:\w{1,15} )?(?:released|"
    r"available|uploaded|published|added|made)|"
    r"\b(?:todo|wip)\b.{0,10}\b(?:upload|add|release) (?:the )?code|\bstay tuned\b|"
    r"\bto be (?:released|uploaded)\b|即将(?:发布|开源)|敬请期待"
)
DATA = re.compile(r"\b(?:data ?sets?|benchmark (?:data|entries)|corpus|annotations)\b")
REWORKED = re.compile(
    r"\bport(?:ed|s|ing)?\b|\brewrit\w{1,4}|\brewrote|\bconverted to|\bmigrat\w{1,5}|"
    r"\bupdated (?:for|to)|\badapted to|\bwithout mpi\b|\bmodernized"
)
APPLIES = re.compile(
    r"\b(?:appl(?:y|ies|ied|ying|ication)|model comes from a library|comes from a library|"
    r"project that|own data|app\b|bot\b|"
    r"forecast\w{0,3}|prediction of|for (?:a|my|our) (?:company|bank|thesis|hackathon))"
)
# It takes the model from somebody else's code.
TAKES = re.compile(
    r"\buses? (?:the )?[\"\[(*`]{0,3}[\w.-]{2,40}[\"\])*`]{0,3} (?:\(https?://(?:www\.)?github\.c"
    r"om/|library|package|repo)|"
    r"\b(?:models?|code|network)s? (?:comes?|is taken|taken|are taken) from\b|直接用"
)
BASELINE = re.compile(r"\bbaselines?\b")
