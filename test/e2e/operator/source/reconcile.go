package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	v2 "websites.example.com/operator/api/v2"
)

const finalizer = "websites.example.com/registry"

type reconciler struct {
	client.Client
	events    events.EventRecorder
	namespace string
	image     string
	pause     time.Duration
}

// Pages in a ConfigMap, a Deployment that serves them, and a line for each host in the registry, which outlives the site unless it is
// taken out. Between two steps it may be killed: there is time for it.
func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	site := &v2.Website{}
	if err := r.Get(ctx, request.NamespacedName, site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if site.DeletionTimestamp != nil {
		return ctrl.Result{}, r.end(ctx, site)
	}
	if controllerutil.AddFinalizer(site, finalizer) {
		if err := r.Update(ctx, site); err != nil {
			return ctrl.Result{}, err
		}
	}
	steps := []func(context.Context, *v2.Website) error{r.pages, r.register, r.serve, r.report}
	for _, step := range steps {
		if err := step(ctx, site); err != nil {
			return ctrl.Result{}, err
		}
		time.Sleep(r.pause)
	}
	return ctrl.Result{}, nil
}

func (r *reconciler) pages(ctx context.Context, site *v2.Website) error {
	pages := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: site.Namespace, Name: site.Name + "-pages"}}
	_, err := controllerutil.CreateOrUpdate(ctx, r.Client, pages, func() error {
		pages.Data = maps.Clone(site.Spec.Pages)
		return controllerutil.SetControllerReference(site, pages, r.Scheme())
	})
	return err
}

func (r *reconciler) register(ctx context.Context, site *v2.Website) error {
	return r.changeRegistry(ctx, func(lines map[string]string) {
		owner := site.Namespace + "." + site.Name
		maps.DeleteFunc(lines, func(_, other string) bool { return other == owner })
		for _, host := range site.Spec.Hosts {
			lines[host] = owner
		}
	})
}

func (r *reconciler) changeRegistry(ctx context.Context, change func(map[string]string)) error {
	registry := &corev1.ConfigMap{}
	key := client.ObjectKey{Namespace: r.namespace, Name: "registry"}
	err := r.Get(ctx, key, registry)
	if apierrors.IsNotFound(err) {
		registry = &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}, Data: map[string]string{}}
		change(registry.Data)
		return r.Create(ctx, registry)
	}
	if err != nil {
		return err
	}
	before := registry.DeepCopy()
	if registry.Data == nil {
		registry.Data = map[string]string{}
	}
	change(registry.Data)
	if equality.Semantic.DeepEqual(before, registry) {
		return nil
	}
	return r.Update(ctx, registry)
}

func (r *reconciler) serve(ctx context.Context, site *v2.Website) error {
	server := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: site.Namespace, Name: site.Name}}
	result, err := controllerutil.CreateOrUpdate(ctx, r.Client, server, func() error {
		labels := map[string]string{"websites.example.com/site": site.Name}
		server.Spec.Replicas = site.Spec.Replicas
		server.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
		template := &server.Spec.Template
		template.Labels = labels
		if len(template.Spec.Containers) == 0 {
			template.Spec.Containers = []corev1.Container{{Name: "server"}}
		}
		container := &template.Spec.Containers[0]
		container.Image = r.image
		container.Command = []string{"httpd", "-f", "-p", "8080", "-h", "/pages"}
		container.VolumeMounts = []corev1.VolumeMount{{Name: "pages", MountPath: "/pages"}}
		if len(template.Spec.Volumes) == 0 {
			template.Spec.Volumes = []corev1.Volume{{Name: "pages"}}
		}
		if template.Spec.Volumes[0].ConfigMap == nil {
			template.Spec.Volumes[0].ConfigMap = &corev1.ConfigMapVolumeSource{}
		}
		template.Spec.Volumes[0].ConfigMap.Name = site.Name + "-pages"
		return controllerutil.SetControllerReference(site, server, r.Scheme())
	})
	if err == nil && result == controllerutil.OperationResultCreated {
		r.events.Eventf(site, server, corev1.EventTypeNormal, "Serving", "Serve", "a Deployment serves %d pages", len(site.Spec.Pages))
	}
	return err
}

func (r *reconciler) report(ctx context.Context, site *v2.Website) error {
	server := &appsv1.Deployment{}
	if err := r.Get(ctx, client.ObjectKeyFromObject(site), server); err != nil {
		return err
	}
	before := site.DeepCopyObject().(*v2.Website)
	site.Status.ObservedGeneration = site.Generation
	site.Status.ReadyReplicas = server.Status.ReadyReplicas
	status, reason := metav1.ConditionFalse, "Starting"
	if server.Status.ReadyReplicas >= *site.Spec.Replicas {
		status, reason = metav1.ConditionTrue, "Served"
	}
	meta.SetStatusCondition(&site.Status.Conditions, metav1.Condition{
		Type: "Ready", Status: status, Reason: reason, ObservedGeneration: site.Generation,
		Message: fmt.Sprintf("%d of %d replicas are ready", server.Status.ReadyReplicas, *site.Spec.Replicas),
	})
	if equality.Semantic.DeepEqual(before.Status, site.Status) {
		return nil
	}
	return r.Status().Update(ctx, site)
}

func (r *reconciler) end(ctx context.Context, site *v2.Website) error {
	if !controllerutil.ContainsFinalizer(site, finalizer) {
		return nil
	}
	owner := site.Namespace + "." + site.Name
	err := r.changeRegistry(ctx, func(lines map[string]string) {
		maps.DeleteFunc(lines, func(_, other string) bool { return other == owner })
	})
	if err != nil {
		return err
	}
	time.Sleep(r.pause)
	r.events.Eventf(site, nil, corev1.EventTypeNormal, "Released", "Release", "its hosts are free")
	controllerutil.RemoveFinalizer(site, finalizer)
	return client.IgnoreNotFound(r.Update(ctx, site))
}
