"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`)."""
