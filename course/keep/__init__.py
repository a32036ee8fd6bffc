"""What a learner wrote is kept, and can be a part of later clusters.

    from course.keep import bring, component

    PARTS = bring()  # the kept functions by name; in a notebook the cell becomes their code
    cluster.replace("deployment-controller", component("deployment-controller"))

`course keep`, Check my unit and Validate write the files.  Only what passed its checks is kept, each exercise
with what it needs.  A notebook that is handed in must not depend on files of its writer's machine: the grader
has none of them.  So `bring` puts the code itself into the cell that calls it, as `%load` does.
"""

from course.keep.bringing import bring, component

__all__ = ["bring", "component"]
