"""The colour of each shape's line where models are compared."""

# On white and on dark. Kin are of kin: round clusters grey, along the columns blue to green, one
# tilt for all orange to brown, tilts of their own blue to pink. Full and V follow the accent.
SHAPE_COLORS = {
    "EII": ("#343a40", "#e9ecef"),
    "VII": ("#8a919e", "#8a919e"),
    "EEI": ("#0b7285", "#0a7f8f"),
    "VEI": ("#0ca678", "#4fe0b0"),
    "EVI": ("#2b6e2f", "#2f9e44"),
    "VVI": ("#4dabf7", "#36b9e6"),
    "EEE": ("#e8590c", "#e8590c"),
    "VEE": ("#a61e4d", "#d6336c"),
    "EVE": ("#d99a00", "#ffd43b"),
    "VVE": ("#8d5a3b", "#a98467"),
    "EEV": ("#ae3ec9", "#c04ddb"),
    "VEV": ("#f06595", "#ffb3d1"),
    "EVV": ("#82b11a", "#b2e05a"),
    "E": ("#e8590c", "#e8590c"),
}
