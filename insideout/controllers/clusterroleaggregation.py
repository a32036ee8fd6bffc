"""The ClusterRole aggregation controller: a role with an aggregationRule has the rules of those it selects.

Source: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go@v1.36.2.
"""

from insideout.apimachinery import selectors
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller

_RESOURCE = "clusterroles"


class ClusterRoleAggregationController(Controller):
    """Writes the rules of aggregated roles."""

    name = "clusterrole-aggregation-controller"

    def watch(self) -> None:
        """Watch ClusterRoles: a change of any may concern every aggregated one."""
        self._roles = self.on(
            _RESOURCE,
            add=self._changed,
            update=lambda _, role: self._changed(role),
            delete=self._changed,
        )

    def sync(self, key: Key) -> None:
        """Bring one role's rules up to date."""
        role = self._roles.get(key[1])
        if role is None or role.get("aggregationRule") is None:
            return
        rules = self._rules(role)
        if rules == (role.get("rules") or []):
            return
        try:
            self.client.update(_RESOURCE, role | {"rules": rules})
        except ApiError as refused:
            if refused.code != 404:
                raise

    def _rules(self, role: Object) -> list[Object]:
        """Return the rules of the roles that a role selects, each once, in the order of their names."""
        found: list[Object] = []
        roles = sorted(self._roles.list(), key=lambda each: str(each["metadata"]["name"]))
        for given in role["aggregationRule"].get("clusterRoleSelectors") or ():
            wanted = selectors.from_object(given)
            for each in roles:
                own = each["metadata"]["name"] == role["metadata"]["name"]
                if own or wanted is None or not wanted.matches(each["metadata"].get("labels")):
                    continue
                found += [rule for rule in each.get("rules") or () if rule not in found]
        return found

    def _changed(self, role: Object) -> None:
        for each in self._roles.list():
            if each.get("aggregationRule") is not None:
                self.enqueue(each)
