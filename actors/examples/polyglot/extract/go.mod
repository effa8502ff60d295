module extract

go 1.24

require troupe.dev/troupe v0.0.0

replace troupe.dev/troupe => ../../../../sdk/go
