"""What must stand together in one sentence to show a theme: data only."""

# Theme, weight (3 is plain, 2 likely, 1 a hint), and what must stand in one sentence:
# `a` and `b`; `a>b` for a shortly before b; `a~b` for either order; `!a` for not a; `+a` for a
# that is not denied. A line that begins with `title` or `pull` holds there only, one that begins
# with `alone` in a title that shows nothing else.
RULES = """
result 3 not>replicate result
result 3 not>replicate paper
result 3 not>reach result paper
result 3 not>reach reach~result
title result 3 not>replicate
result 2 not replicate result paper
title result 2 reach result paper
title result 2 attain~result
result 3 low paper contrast
result 2 low paper ask
result 2 gap contrast code
title result 3 lower paper
result 3 lower~result paper
result 3 result~differ paper
result 3 gap result
result 3 gap paper number
result 3 result number paper contrast
result 2 result number contrast reach
result 3 result number~contrast contrast~number
result 2 number claim number paper
result 3 lower~baseline result
result 3 replicate>deny
title result 3 low~result
result 2 low~result
title result 2 replicate result
title result 2 replicate paper
title result 3 replicate differ
title result 2 result~differ
title result 3 only~number result
title result 2 how>reach number
title result 2 lower~baseline
convergence 3 not>converge signal
convergence 3 converge>deny signal
title convergence 3 not>converge
title convergence 3 converge>deny
convergence 2 not>converge train
title convergence 2 not>train
convergence 3 not>learn
convergence 3 +diverge
convergence 3 +collapse
convergence 2 +overfit
convergence 3 stuck~signal
title convergence 3 stuck
convergence 3 +degenerate
convergence 3 loss>increase
title convergence 3 loss~negative
convergence 2 loss~negative
title convergence 3 result~zero
convergence 2 result~zero
convergence 3 loss~zero =discriminator
convergence 3 loss~zero =generator
title convergence 3 loss~zero
convergence 3 abnormal loss
convergence 3 abnormal =discriminator
convergence 3 abnormal =generator
title convergence 3 loss~low
convergence 2 excess~loss
convergence 3 stuck~result
title convergence 3 low>train
numerics 3 +nan signal
numerics 3 +nan gradient
numerics 3 +nan part
numerics 3 +nan setting
title numerics 3 +nan
numerics 2 +nan train
numerics 3 +explode~loss
numerics 3 +explode~gradient
numerics 3 +explode~signal
numerics 3 +numerical
pull numerics 3 avoid>nan
mistake 3 paper code differ part
mistake 3 paper code differ hp
mistake 3 paper code versus part
mistake 3 paper code versus setting
mistake 3 paper number code versus
title mistake 3 paper code differ
mistake 2 paper code differ
mistake 2 paper code hp !ask
mistake 3 equation~differ
mistake 3 equation~wrong
mistake 3 formula~wrong
mistake 3 equation paper code versus
mistake 3 +offby
mistake 3 wrong~part
mistake 3 wrong~setting
title mistake 2 wrong part
title mistake 2 wrong setting
title mistake 3 differ paper !result
title mistake 2 equation paper code
mistake 2 ask equation code
title mistake 3 equation wrong
title mistake 3 differ~code part
title mistake 2 why not part
title mistake 2 why differ part
mistake 3 not>applied part
mistake 2 not>applied setting
mistake 2 not>applied paper
mistake 2 should part differ
mistake 2 should part ask
mistake 2 should part paper
mistake 3 part paper differ
mistake 2 part paper claim !result
mistake 2 setting paper differ
mistake 3 +leak dataset
mistake 3 +leak part
mistake 3 applied perbatch versus
mistake 2 perbatch part differ
pull mistake 3 mend part
pull mistake 3 mend setting
pull mistake 3 mend formula
pull mistake 3 mend train
pull mistake 3 asin
pull mistake 2 mend wrong
title mistake 2 mend part
pull mistake 3 wrong part
pull mistake 3 wrong setting
alone mistake 2 pulled addto setting
alone mistake 2 pulled addto part
alone mistake 2 pulled addto formula
alone hyperparameters 2 pulled retune hp
title mistake 3 gradflow part
mistake 2 gradflow part
mistake 3 paper not>see code
title mistake 2 why part
title mistake 2 why formula
title hyperparameters 3 ask hp
title hyperparameters 3 hyper
alone hyperparameters 3 hp short
alone hyperparameters 3 hp number
title hyperparameters 3 excess~hp
title hyperparameters 3 mend hp
hyperparameters 3 ask hp train
hyperparameters 3 ask hyper
hyperparameters 3 ask>hp
hyperparameters 3 excess~hp
hyperparameters 3 hp number works
hyperparameters 3 hp number paper
hyperparameters 3 hp number code
hyperparameters 3 hp paper code
hyperparameters 2 ask config paper
title hyperparameters 2 release config
hyperparameters 2 hp paper ask
title data 3 preprocess
title data 3 split !release
title data 3 dataset differ
title data 3 dataset shuffle
title data 3 shuffle train
data 3 preprocess ask dataset
data 3 preprocess paper
data 3 preprocess differ
data 3 split paper
data 3 split ask !release
data 3 split differ
data 3 shuffle dataset
data 3 leak dataset
title data 2 =augmentation
data 2 =augmentation ask
data 2 =augmentation paper
title evaluation 3 protocol ask
title evaluation 3 protocol wrong
evaluation 3 protocol differ
evaluation 3 protocol paper !result
evaluation 3 +leak protocol
evaluation 3 selecting
evaluation 3 evalmode part
evaluation 3 evalmode setting
title evaluation 3 evalmode
evaluation 3 tokenmetric protocol
evaluation 2 tokenmetric ask
evaluation 2 protocol wrong
evaluation 2 protocol should
title initialisation 3 init
initialisation 3 init paper
initialisation 3 init differ
initialisation 3 init ask
initialisation 3 init wrong
variance 3 varies result
title variance 3 varies
variance 3 seeds ask
variance 3 seeds differ
variance 3 seeds number
title weights 3 weights release
title weights 3 weights lower result
title weights 3 ask weights
weights 3 weights~result lower
weights 3 weights~result not
weights 2 weights ask train
weights 3 weights release ask
title cost 3 memory train
title cost 3 slow train
title cost 3 slow epoch
cost 3 slow epoch paper
title cost 3 gpus
cost 2 gpus ask
title cost 3 memory =batch_size
cost 3 memory =batch_size
cost 3 memory train paper
cost 3 slow train paper
cost 3 slow train ask
"""
