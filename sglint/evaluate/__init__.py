"""
From syntax to resources: what each expression, module and template comes to.
"""
