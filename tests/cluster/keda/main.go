// Command keda is what KEDA has beside its operator, which is built as it is: the adapter, which tells autoscalers how
// long queues are, and the webhooks, which refuse objects that make no sense.
//
//	keda adapter|webhooks FLAGS…
//
// KEDA's own programs of these names listen on every interface of a machine. These listen on loopback, and are otherwise
// made of the same parts.
package main

import (
	"context"
	"fmt"
	"os"

	grpcprom "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kedacore/keda/v2/pkg/metricsservice"
	"github.com/kedacore/keda/v2/pkg/provider"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/cmd"
)

var parts = map[string]func(context.Context) error{"adapter": runAdapter, "webhooks": runWebhooks}

func main() {
	if len(os.Args) < 2 || parts[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: keda adapter|webhooks FLAGS…")
		os.Exit(2)
	}
	// The part's own parser of flags sees its name in the place of the program's.
	os.Args = os.Args[1:]
	ctrl.SetLogger(zap.New())
	if err := parts[os.Args[0]](ctrl.SetupSignalHandler()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// runAdapter serves the API of external metrics, with what KEDA's operator says. Its flags are those of an aggregated API
// server, and where the operator is.
func runAdapter(ctx context.Context) error {
	base := cmd.AdapterBase{Name: "keda-adapter"}
	operator := base.Flags().String("metrics-service-address", "", "address of the operator's metrics service")
	certificates := base.Flags().String("metrics-service-certificates", "", "folder with ca.crt, tls.crt and tls.key")
	if err := base.Flags().Parse(os.Args); err != nil {
		return err
	}
	client, err := metricsservice.NewGrpcClient(
		ctx, *operator, *certificates, "", "", grpcprom.NewClientMetrics(), false)
	if err != nil {
		return err
	}
	// It takes a client of the API server as well, and asks it for nothing.
	base.WithExternalMetrics(provider.NewProvider(ctx, ctrl.Log, nil, *client))
	return base.Run(ctx)
}

// runWebhooks serves the admission of ScaledObjects and TriggerAuthentications.
func runWebhooks(ctx context.Context) error {
	flags := pflag.NewFlagSet(os.Args[0], pflag.ContinueOnError)
	port := flags.Int("port", 0, "port of loopback to listen at")
	certificates := flags.String("cert-dir", "", "folder with tls.crt and tls.key")
	if err := flags.Parse(os.Args); err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	if err := kedav1alpha1.AddToScheme(scheme); err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                 scheme,
		Metrics:                server.Options{BindAddress: "0"},
		HealthProbeBindAddress: "0",
		WebhookServer: webhook.NewServer(webhook.Options{
			Host:    "127.0.0.1",
			Port:    *port,
			CertDir: *certificates,
		}),
	})
	if err != nil {
		return err
	}
	if err := (&kedav1alpha1.ScaledObject{}).SetupWebhookWithManager(manager, true); err != nil {
		return err
	}
	if err := (&kedav1alpha1.TriggerAuthentication{}).SetupWebhookWithManager(manager); err != nil {
		return err
	}
	return manager.Start(ctx)
}
