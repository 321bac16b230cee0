module picomux/wan

go 1.19

require golang.org/x/sys v0.21.0
