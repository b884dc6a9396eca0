"""
Says which flows EC2 connection tracking will track, from the Terraform, before it is deployed.
"""

__version__ = "0.1.0"
