#!/usr/bin/env bash
# up.sh BINARY FOLDER: starts etcd, the API server and its controllers on loopback; FOLDER/kubeconfig leads there.
set -e
B=${1:?the binary}; D=${2:?a folder}; rm -rf $D; mkdir -p $D/pki; cd $D
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout pki/sa.key -out pki/sa.crt -subj /CN=sa -days 30 2>/dev/null
echo 'admintoken-1234567890,admin,admin,system:masters' > tokens.csv
$B etcd --data-dir $D/etcd --listen-client-urls http://127.0.0.1:23790 --advertise-client-urls http://127.0.0.1:23790 --listen-peer-urls http://127.0.0.1:23800 --initial-advertise-peer-urls http://127.0.0.1:23800 --initial-cluster default=http://127.0.0.1:23800 > etcd.log 2>&1 & echo $! > etcd.pid
$B apiserver --etcd-servers=http://127.0.0.1:23790 --bind-address=127.0.0.1 --secure-port=26443 --cert-dir=$D/pki --service-account-key-file=$D/pki/sa.crt --service-account-signing-key-file=$D/pki/sa.key --service-account-issuer=https://kubernetes.default.svc --token-auth-file=$D/tokens.csv --authorization-mode=RBAC --service-cluster-ip-range=10.0.0.0/24 --disable-admission-plugins=ServiceAccount > api.log 2>&1 & echo $! > api.pid
for i in $(seq 60); do curl -sk -H 'Authorization: Bearer admintoken-1234567890' https://127.0.0.1:26443/readyz >/dev/null && curl -sk https://127.0.0.1:26443/readyz | grep -q ok && break; sleep 1; done
cat > kubeconfig <<K
apiVersion: v1
kind: Config
current-context: real
clusters: [{name: real, cluster: {server: "https://127.0.0.1:26443", certificate-authority: $D/pki/apiserver.crt}}]
users: [{name: admin, user: {token: admintoken-1234567890}}]
contexts: [{name: real, context: {cluster: real, user: admin}}]
K
$B controllers --kubeconfig=$D/kubeconfig --controllers=job-controller,cronjob-controller,ttl-after-finished-controller,garbage-collector-controller,namespace-controller --leader-elect=false --secure-port=0 --use-service-account-credentials=false > kcm.log 2>&1 & echo $! > kcm.pid
sleep 3; kubectl --kubeconfig kubeconfig version; kubectl --kubeconfig kubeconfig get ns
