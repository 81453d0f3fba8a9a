// An operator as its author would write it, who has never heard of the cluster that it runs in.
package main

import (
	"flag"
	"os"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	v1 "websites.example.com/operator/api/v1"
	v2 "websites.example.com/operator/api/v2"
)

func main() {
	var image string
	var pause time.Duration
	flag.StringVar(&image, "server-image", "", "what serves the pages")
	flag.DurationVar(&pause, "pause", 0, "how long it rests after each step")
	flag.Parse()
	ctrl.SetLogger(zap.New())
	log := ctrl.Log.WithName("main")

	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(v1.AddToScheme(scheme))
	utilruntime.Must(v2.AddToScheme(scheme))

	namespace := os.Getenv("POD_NAMESPACE")
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{
		Scheme: scheme,
		Metrics: metricsserver.Options{
			BindAddress: ":8443", SecureServing: true, FilterProvider: filters.WithAuthenticationAndAuthorization,
		},
		HealthProbeBindAddress:  ":8081",
		LeaderElection:          true,
		LeaderElectionID:        "websites.example.com",
		LeaderElectionNamespace: namespace,
	})
	utilruntime.Must(err)

	utilruntime.Must(ctrl.NewControllerManagedBy(manager).
		For(&v2.Website{}).Owns(&corev1.ConfigMap{}).Owns(&appsv1.Deployment{}).
		Complete(&reconciler{
			Client: manager.GetClient(), events: manager.GetEventRecorder("websites"),
			namespace: namespace, image: image, pause: pause,
		}))
	utilruntime.Must(ctrl.NewWebhookManagedBy(manager, &v2.Website{}).
		WithDefaulter(defaulter{}).WithValidator(validator{manager.GetClient()}).Complete())
	utilruntime.Must(manager.AddHealthzCheck("ping", healthz.Ping))
	utilruntime.Must(manager.AddReadyzCheck("webhooks", manager.GetWebhookServer().StartedChecker()))

	log.Info("starting")
	if err := manager.Start(ctrl.SetupSignalHandler()); err != nil {
		log.Error(err, "the manager ended")
		os.Exit(1)
	}
}
