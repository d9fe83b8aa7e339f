"""The books and papers that the classics are taken from, and the symbols that they share."""

from __future__ import annotations

from sympy import Gt, Symbol

from claims.sam_normalization.setting import L as L
from claims.sam_normalization.setting import alpha as alpha
from claims.sam_normalization.setting import beta as beta
from claims.sam_normalization.setting import eta as eta
from claims.sam_normalization.setting import gd_step as gd_step
from claims.sam_normalization.setting import mu as mu
from claims.sam_normalization.setting import relation as relation
from claims.sam_normalization.setting import t as t
from claims.sam_normalization.setting import w as w
from claims.sam_normalization.setting import w0 as w0
from verify.statement.claim import Paper
from verify.statement.vectors import Vector

bauschke_combettes = Paper("Bauschke, Combettes: Convex Analysis and Monotone Operator Theory (2nd ed., 2017)")
beck = Paper("Beck: First-Order Methods in Optimization (2017)")
beck_teboulle = Paper("Beck, Teboulle: A Fast Iterative Shrinkage-Thresholding Algorithm (2009)")
borwein = Paper("Borwein, Borwein: Pi and the AGM (1987)")
boyd_vandenberghe = Paper("Boyd, Vandenberghe: Convex Optimization (2004)")
bubeck = Paper("Bubeck: Convex Optimization: Algorithms and Complexity (2015)")
concrete = Paper("Graham, Knuth, Patashnik: Concrete Mathematics (2nd ed., 1994)")
drori_teboulle = Paper("Drori, Teboulle: Performance of first-order methods for smooth convex minimization (2014)")
hardy = Paper("Hardy, Littlewood, Polya: Inequalities (2nd ed., 1952)")
hoeffding = Paper("Hoeffding: Probability inequalities for sums of bounded random variables (1963)")
jaggi = Paper("Jaggi: Revisiting Frank-Wolfe: Projection-Free Sparse Convex Optimization (2013)")
karimi = Paper("Karimi, Nutini, Schmidt: Linear Convergence under the Polyak-Lojasiewicz Condition (2016)")
lessard = Paper(
    "Lessard, Recht, Packard: Analysis and Design of Optimization Algorithms via Quadratic Constraints (2016)"
)
luenberger = Paper("Luenberger, Ye: Linear and Nonlinear Programming (3rd ed., 2008)")
mitrinovic = Paper("Mitrinovic: Analytic Inequalities (1970)")
motzkin = Paper("Motzkin: The arithmetic-geometric inequality (1967)")
mwu = Paper("Arora, Hazan, Kale: The Multiplicative Weights Update Method (2012)")
nesterov = Paper("Nesterov: Introductory Lectures on Convex Optimization (2004)")
polyak = Paper("Polyak: Introduction to Optimization (1987)")
rudin = Paper("Rudin: Principles of Mathematical Analysis (3rd ed., 1976)")
smale = Paper("Smale: On the efficiency of algorithms of analysis (1985)")
strogatz = Paper("Strogatz: Nonlinear Dynamics and Chaos (2nd ed., 2015)")
taylor = Paper(
    "Taylor, Hendrickx, Glineur: Smooth strongly convex interpolation and exact worst-case performance (2017)"
)
zavriev = Paper("Zavriev, Kostyuk: Heavy-ball method in nonconvex optimization problems (1993)")
korpelevich = Paper("Korpelevich: The extragradient method for finding saddle points and other problems (1976)")

x, y, z, a, b, c, n, s, p, q, r, h, k, m, x0, y0, h0, lam = (
    Symbol(name, real=True)
    for name in ("x", "y", "z", "a", "b", "c", "n", "s", "p", "q", "r", "h", "k", "m", "x0", "y0", "h0", "lambda")
)
C_bound = Symbol("C", real=True)
u, v = Vector("u"), Vector("v")

#: A step size and a smoothness constant.
step_size = (Gt(beta, 0), Gt(eta, 0))
