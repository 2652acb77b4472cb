"""The forms of the tabs Field Mappings, Agent/User Mappings and Advanced."""
