// Command control_plane is what a Kubernetes cluster has besides its nodes, in one binary without containers:
//
//	control_plane etcd|apiserver|controller-manager|scheduler|kwok FLAGS…
//
// Each part is a process of its own, which a test can kill without the others. The first argument names the part; the
// flags after it are those of the program that the part is known by. kwok stands for the nodes: it says of pods that
// they run, and runs nothing.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

var parts = map[string]func() int{
	"etcd":               runEtcd,
	"apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"controller-manager": func() int { return cli.Run(controllers.NewControllerManagerCommand()) },
	"scheduler":          func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	"kwok":               runKwok,
}

func main() {
	if len(os.Args) < 2 || parts[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: control_plane etcd|apiserver|controller-manager|scheduler|kwok FLAGS…")
		os.Exit(2)
	}
	// The part's own parser of flags sees its name in the place of the program's.
	os.Args = os.Args[1:]
	os.Exit(parts[os.Args[0]]())
}

func runEtcd() int {
	etcdmain.Main(os.Args)
	return 0
}

// runKwok does what kwok's own main does: its flags say where the configuration is, and that is read before the command
// is made, since it gives the flags their defaults.
func runKwok() int {
	// Cobra gives every command the flags of the whole program. Kubernetes' flag "version" is among them by being linked,
	// and is not of the type that kwok's command expects.
	pflag.CommandLine = pflag.NewFlagSet(os.Args[0], pflag.ExitOnError)
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, logger := log.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := kwokconfig.InitFlags(ctx, flags)
	if err != nil {
		logger.Error("Init config flags", "err", err)
		return 1
	}
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	if err := command.ExecuteContext(ctx); err != nil {
		logger.Error("Execute exit", "err", err)
		return 1
	}
	return 0
}
