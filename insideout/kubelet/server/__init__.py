"""The kubelet's HTTPS server, for an API server that is another program.

`access` knows who may ask, `application` what there is to ask, `connection` how a request comes and becomes a
stream, `socketsession` carries its bytes.  A cluster in one process needs none of this: its API server holds
the nodes' connections (insideout.kubelet.connection) itself.

Source: pkg/kubelet/server/server.go@v1.36.2.
"""
