"""CEL as Kubernetes speaks it: expressions over objects, in CRD rules, policies and match conditions.

Google's parser (`cel-expr-python`, an optional dependency) reads the text; what Kubernetes adds is here: its
types, made of schemas; its functions; what an expression may cost, before it runs and while it does.

Source: github.com/google/cel-go, k8s.io/apiserver/pkg/cel@v1.36.2.
"""

from insideout.apiserver.cel.programs import Environment, Program
from insideout.apiserver.cel.reading import CompileError, ParserMissingError, installed

__all__ = ["CompileError", "Environment", "ParserMissingError", "Program", "installed"]
