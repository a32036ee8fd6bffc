"""The controller that brings claims and volumes together, and lets them part."""
