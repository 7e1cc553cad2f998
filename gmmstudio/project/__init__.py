"""The project file: everything of an analysis in one file, and back."""

from gmmstudio.project.errors import ProjectError
from gmmstudio.project.read import Project, read_project
from gmmstudio.project.write import SUFFIX, write_project

__all__ = ["SUFFIX", "Project", "ProjectError", "read_project", "write_project"]
