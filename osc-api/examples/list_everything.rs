//! Lists the resources of the account, page by page, and counts them.

use std::fmt::Display;

use osc_api::types::{
    ReadNetsRequest, ReadPublicIpsRequest, ReadSecurityGroupsRequest, ReadSubnetsRequest, ReadVmsRequest,
    ReadVolumesRequest,
};
use osc_api::{Client, Paginated, Result};

const USAGE: &str = "usage: list_everything
Prints a line for each VM, volume, Net, Subnet, security group and public IP, then how many there are.";

/// Prints the IDs of all items and returns their number. At most two pages are in memory: the current one and the next.
async fn list<R: Paginated, I: Display>(
    client: &Client,
    kind: &str,
    request: R,
    id: impl Fn(R::Item) -> Option<I>,
) -> Result<usize> {
    let mut items = client.paginate(request).prefetch(1);
    let mut count = 0;
    while let Some(item) = items.try_next().await? {
        match id(item) {
            Some(id) => println!("{kind}\t{id}"),
            None => println!("{kind}\t(no ID)"),
        }
        count += 1;
    }
    Ok(count)
}

async fn list_all(client: &Client) -> Result<()> {
    let counts = [
        ("VMs", list(client, "vm", ReadVmsRequest::new(), |vm| vm.vm_id).await?),
        ("volumes", list(client, "volume", ReadVolumesRequest::new(), |volume| volume.volume_id).await?),
        ("Nets", list(client, "net", ReadNetsRequest::new(), |net| net.net_id).await?),
        ("Subnets", list(client, "subnet", ReadSubnetsRequest::new(), |subnet| subnet.subnet_id).await?),
        (
            "security groups",
            list(client, "security group", ReadSecurityGroupsRequest::new(), |group| group.security_group_id)
                .await?,
        ),
        ("public IPs", list(client, "public IP", ReadPublicIpsRequest::new(), |ip| ip.public_ip).await?),
    ];
    for (kinds, count) in counts {
        println!("{count} {kinds}");
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if std::env::args().len() > 1 {
        eprintln!("{USAGE}");
        std::process::exit(2);
    }
    let result = async { list_all(&Client::from_env()?).await };
    if let Err(error) = result.await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
