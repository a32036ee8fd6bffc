"""The broken clusters, one module for each cause; `CLUSTERS` is all of them, in the order of the lesson."""

from course.units.u16_troubleshooting.clusters.apiservice import ApiService
from course.units.u16_troubleshooting.clusters.broken import Allowed, Answer, Broken, Link
from course.units.u16_troubleshooting.clusters.budget import Budget
from course.units.u16_troubleshooting.clusters.egress import Egress
from course.units.u16_troubleshooting.clusters.finalizer import Finalizer
from course.units.u16_troubleshooting.clusters.image import Image
from course.units.u16_troubleshooting.clusters.port import Port
from course.units.u16_troubleshooting.clusters.quota import Quota
from course.units.u16_troubleshooting.clusters.revision import Revision
from course.units.u16_troubleshooting.clusters.selector import Selector
from course.units.u16_troubleshooting.clusters.storageclass import StorageClass
from course.units.u16_troubleshooting.clusters.taint import Taint
from course.units.u16_troubleshooting.clusters.toleration import Toleration
from course.units.u16_troubleshooting.clusters.webhook import Webhook

_ALL: tuple[type[Broken], ...] = (
    *(Image, Quota, Taint, StorageClass, Revision),
    *(Selector, Port, Egress),
    *(Budget, Webhook, Finalizer, ApiService, Toleration),
)
CLUSTERS: dict[str, type[Broken]] = {kind.cause: kind for kind in _ALL}
"""By cause."""

__all__ = ["CLUSTERS", "Allowed", "Answer", "Broken", "Link"]
