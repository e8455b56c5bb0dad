// A control plane without nodes, in one binary: etcd, the API server and the controllers, as Kubernetes itself ships
// them. There is no kubelet: the tests play that part, by writing the status of pods.
package main

import (
	"fmt"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "say which: etcd, apiserver or controllers")
		os.Exit(2)
	}
	part, args := os.Args[1], os.Args[2:]
	var err error
	switch part {
	case "etcd":
		etcdmain.Main(append([]string{"etcd"}, args...))
	case "apiserver":
		command := apiserver.NewAPIServerCommand()
		command.SetArgs(args)
		err = command.Execute()
	case "controllers":
		command := controllers.NewControllerManagerCommand()
		command.SetArgs(args)
		err = command.Execute()
	default:
		err = fmt.Errorf("there is no %q; say etcd, apiserver or controllers", part)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
