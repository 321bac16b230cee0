module peer

go 1.24.0

require (
	github.com/hashicorp/yamux v0.1.2
	github.com/xtaci/smux v1.5.58
)
