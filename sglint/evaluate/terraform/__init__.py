"""
Terraform's meaning: types, conversions, operators, functions, and the modules that use them.
"""
